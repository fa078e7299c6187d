import { describe, expect, test } from 'vitest';
import type { Group } from '../../../../shared/relay/identity/group-table.ts';
import { defaultGroupTiming as timing } from '../../../../shared/relay/identity/group-timing.ts';
import { groupHeardUntilMs, planStep, type Self } from '../../../../shared/relay/identity/plan-step.ts';

const NOW_MS = 100_000;

const joining: Self = {
  id: 'me',
  state: 'joining',
  epoch: undefined,
  isLeader: false,
  sinceMs: 99_000,
  change: undefined,
  wantsNewEpoch: false,
  formerIds: [],
  confirmedMs: undefined,
};
const synced: Self = { ...joining, state: 'synced', epoch: 'e1' };
const leading: Self = { ...synced, isLeader: true };

const live = { state: 'synced', beatMs: NOW_MS - 500 } as const;
const dead = { state: 'synced', beatMs: NOW_MS - timing.deadAfterMs } as const;
const newcomer = { state: 'joining', beatMs: NOW_MS - 500 } as const;

function aGroup(parts: Partial<Group> = {}): Group {
  return { epoch: 'e1', leader: 'other', sinceMs: 1, steadyUntilMs: 101_000, members: { other: live }, ...parts };
}

const announced = { epoch: 'e2', atMs: 101_900, fromMs: 99_500, joiners: ['me'], former: 'e1' };

function plan(group: Group | undefined, self: Self) {
  return planStep(group, self, NOW_MS, timing);
}

describe('a relay that joins', () => {
  test.each<[string, Group | undefined]>([
    ['no group', undefined],
    ['nobody alive', aGroup({ members: { other: dead } })],
    ['nobody but others that join', aGroup({ members: { other: newcomer } })],
  ])('begins: %s', (_, group) => {
    const { group: written, action } = plan(group, joining);
    expect(action.kind).toBe('begin');
    expect(written).toMatchObject({ leader: 'me', sinceMs: 99_000, members: { me: { state: 'synced' } } });
    expect(written?.epoch).not.toBe('e1');
  });

  test('makes itself known, and waits', () => {
    const { group, action } = plan(aGroup(), joining);
    expect(action.kind).toBe('none');
    expect(group?.members).toEqual({ other: live, me: { state: 'joining', beatMs: NOW_MS } });
  });

  test('aligns when the boundary is there, but not by one that it was too late for', () => {
    const change = { ...announced, parts: 1 };
    expect(plan(aGroup({ epoch: 'e2', change }), joining).action).toMatchObject({ kind: 'align', parts: 1 });
    expect(plan(aGroup({ epoch: 'e2', change: { ...change, joiners: [] } }), joining).action.kind).toBe('none');
    expect(plan(aGroup({ change: announced }), joining).action.kind).toBe('none');
  });

  test('takes its former names away', () => {
    const group = aGroup({ members: { other: live, old: live } });
    expect(Object.keys(plan(group, { ...joining, formerIds: ['old'] }).group?.members ?? {})).toEqual(['other', 'me']);
  });
});

describe('what a group knows of its members that are gone', () => {
  const longDead = { state: 'synced', beatMs: NOW_MS - 30 * timing.deadAfterMs } as const;

  test('stays when their names are taken away', () => {
    const { group } = plan(aGroup({ members: { other: longDead } }), joining);
    expect(group?.members).not.toHaveProperty('other');
    expect(group?.heardUntilMs).toBe(longDead.beatMs);
    expect(plan(aGroup({ members: { other: longDead }, heardUntilMs: 99_000 }), joining).group?.heardUntilMs).toBe(
      99_000,
    );
    expect(plan(aGroup({ members: { old: live } }), { ...joining, formerIds: ['old'] }).group).not.toHaveProperty(
      'heardUntilMs',
    );
  });

  test('is until when one of them heard the hub and had it confirmed', () => {
    const members = {
      one: { ...dead, confirmedMs: 90_000 },
      two: { ...dead, confirmedMs: 91_000 },
      new: newcomer,
      me: live,
    };
    expect(groupHeardUntilMs(aGroup({ members }), ['me'])).toBe(91_000);
    expect(groupHeardUntilMs(aGroup({ members, heardUntilMs: 92_000 }), ['me'])).toBe(92_000);
    expect(groupHeardUntilMs(aGroup({ members: { one: dead } }), ['me'])).toBe(dead.beatMs);
    expect(groupHeardUntilMs(aGroup({ members: { new: newcomer } }), ['me'])).toBeUndefined();
  });
});

describe('a follower', () => {
  const members = { other: live, me: live };

  test('trusts the promise', () => {
    expect(plan(aGroup({ members }), synced).action).toEqual({
      kind: 'follow',
      steadyUntilMs: 101_000,
      isChanging: false,
    });
  });

  test('takes the lead in the same epoch when the leader is silent or gone', () => {
    for (const group of [aGroup({ members: { other: dead, me: live } }), aGroup({ members: { me: live } })]) {
      const { group: written, action } = plan(group, synced);
      expect(action.kind).toBe('lead');
      expect(written).toMatchObject({ epoch: 'e1', leader: 'me' });
    }
  });

  test('begins anew when the leader is silent in the middle of a change', () => {
    const torn = aGroup({ members: { other: dead, me: live }, change: announced, steadyUntilMs: NOW_MS });
    expect(plan(torn, synced).action.kind).toBe('begin');
    const early = { ...torn, steadyUntilMs: NOW_MS + 1 };
    expect(plan(early, synced)).toMatchObject({ action: { kind: 'lead' } });
    expect(plan(early, synced).group).not.toHaveProperty('change');
  });

  test('aligns to the next epoch, and joins when it does not follow from its own', () => {
    const change = { ...announced, parts: 1, joiners: [] };
    expect(plan(aGroup({ members, epoch: 'e2', change }), synced).action.kind).toBe('align');
    const other = { ...change, former: 'e0' };
    expect(plan(aGroup({ members, epoch: 'e2', change: other }), synced).action.kind).toBe('rejoin');
  });

  test('keeps its own epoch where nobody counts in the one of the row', () => {
    const { group, action } = plan(aGroup({ epoch: 'e9', members: { other: dead } }), synced);
    expect([group?.epoch, group?.leader, action.kind]).toEqual(['e1', 'me', 'lead']);
  });
});

describe('the leader', () => {
  const members = { me: { state: 'synced', beatMs: NOW_MS - 1_000 }, other: live } as const;
  const group = aGroup({ leader: 'me', members });

  test('promises and gives a sign of life', () => {
    const { group: written, action } = plan(group, leading);
    expect(action.kind).toBe('lead');
    expect(written?.steadyUntilMs).toBe(NOW_MS + timing.deadAfterMs);
    expect(written?.members.me?.beatMs).toBe(NOW_MS);
  });

  test('alone it promises nothing, so that the next to come need not wait', () => {
    const alone = aGroup({ leader: 'me', members: { me: members.me }, steadyUntilMs: 0 });
    expect(plan(alone, leading).group?.steadyUntilMs).toBe(0);
  });

  test('announces an epoch for those who join, after what it has promised', () => {
    const waiting = aGroup({ leader: 'me', members: { ...members, new: newcomer }, steadyUntilMs: 102_000 });
    const { group: written, action } = plan(waiting, leading);
    expect(action.kind).toBe('announce');
    expect(written?.change).toMatchObject({ joiners: ['new'], former: 'e1', atMs: 102_000 + 1.5 * timing.spreadMs });
    expect(written).toMatchObject({ epoch: 'e1', steadyUntilMs: 102_000 });
  });

  test('announces an epoch to let go of what it has counted', () => {
    expect(plan(group, { ...leading, wantsNewEpoch: true }).action.kind).toBe('announce');
  });

  test('does not announce again for those whose epoch is published', () => {
    const change = { ...announced, epoch: 'e1', former: 'e0', joiners: ['new'], parts: 1 };
    const served = aGroup({ leader: 'me', members: { ...members, new: newcomer }, change });
    expect(plan(served, leading).action.kind).toBe('lead');
    expect(plan({ ...served, change: { ...change, joiners: [] } }, leading).action.kind).toBe('announce');
  });

  test('publishes when the epoch has begun long enough ago', () => {
    const begunAt = (atMs: number) => {
      const change = { ...announced, atMs };
      const self: Self = {
        ...leading,
        epoch: 'e2',
        change: { announcement: change, announcedMs: atMs - 1_500, stage: 'begun' },
      };
      return plan({ ...group, change }, self).action.kind;
    };
    expect(begunAt(NOW_MS - 2 * timing.spreadMs + 1)).toBe('none');
    expect(begunAt(NOW_MS - 2 * timing.spreadMs)).toBe('publish');
  });

  test('takes back an announcement that it does not know to be made', () => {
    const { group: written, action } = plan({ ...group, change: announced }, leading);
    expect(action.kind).toBe('lead');
    expect(written).not.toHaveProperty('change');
  });

  test('that another has replaced joins it, when that one counts otherwise', () => {
    expect(plan(aGroup({ epoch: 'e9' }), leading).action.kind).toBe('rejoin');
    expect(plan(aGroup(), leading).action.kind).toBe('follow');
  });
});
