import type { EpochChange, Group, Member } from './group-table.ts';
import { type GroupTiming, nextEpochMs, quietMs } from './group-timing.ts';
import { randomEpoch } from './occurrence-counts.ts';

/** What a relay knows of itself when it looks at the group. */
export interface Self {
  readonly id: string;
  readonly state: 'joining' | 'synced';
  /** Of its counts; undefined while joining. */
  readonly epoch: string | undefined;
  readonly isLeader: boolean;
  /** Since when it receives messages. */
  readonly sinceMs: number;
  /** The change that it leads at present. */
  readonly change: LedChange | undefined;
  /** Its counts should give way to new ones. */
  readonly wantsNewEpoch: boolean;
  /** Ids that it had before. */
  readonly formerIds: readonly string[];
  /** See {@link Member}; undefined while joining, and while the leader does not say. */
  readonly confirmedMs: number | undefined;
}

/** `announced`: the table has confirmed it. `begun`: the leader counts in the new epoch. */
export interface LedChange {
  readonly announcement: EpochChange;
  readonly announcedMs: number;
  stage: 'announcing' | 'announced' | 'begun';
}

/** What a relay does about the group: writes the row where there is something to write, then acts. */
export interface Plan {
  readonly group: Group | undefined;
  readonly action: Action;
}

export type Action =
  | { readonly kind: 'none' }
  /** Counts from the beginning in an epoch of its own, for all. */
  | { readonly kind: 'begin'; readonly epoch: string }
  /** Goes on in the present epoch as its leader. */
  | { readonly kind: 'lead' }
  | { readonly kind: 'follow'; readonly steadyUntilMs: number; readonly isChanging: boolean }
  /** Identifies what it holds by the leader's boundary, which has to be read before the group is written. */
  | { readonly kind: 'align'; readonly change: EpochChange; readonly parts: number; readonly steadyUntilMs: number }
  | { readonly kind: 'rejoin' }
  | { readonly kind: 'announce'; readonly change: LedChange }
  /** Tells the others where the epoch begins; the boundary has to be written before the group. */
  | { readonly kind: 'publish'; readonly change: EpochChange };

/**
 * Decides the next step of one relay, by what the group's row says at `nowMs`.
 *
 * @param parts of the boundary that the leader has written for its change; undefined until then
 */
export function planStep(stored: Group | undefined, self: Self, nowMs: number, timing: GroupTiming): Plan {
  if (stored === undefined) {
    const empty = { epoch: '', leader: '', sinceMs: self.sinceMs, steadyUntilMs: 0, members: {} };
    return beginOrKeep(empty, self, nowMs, timing);
  }
  const group = withoutGone(stored, self, nowMs, timing);
  const others = syncedOthers(group, self.id, nowMs, timing);
  return self.state === 'joining'
    ? planJoining(group, self, others, nowMs, timing)
    : planSynced(group, self, others, nowMs, timing);
}

export function isLive({ beatMs }: Member, nowMs: number, { deadAfterMs }: GroupTiming): boolean {
  return nowMs - beatMs < deadAfterMs;
}

export function syncedOthers(group: Group, ownId: string | undefined, nowMs: number, timing: GroupTiming): string[] {
  return Object.entries(group.members).flatMap(([id, member]) =>
    id !== ownId && member.state === 'synced' && isLive(member, nowMs, timing) ? [id] : [],
  );
}

/**
 * Until when the members heard the hub for certain, and had what they heard confirmed; undefined where there was none.
 *
 * @param ownIds left out
 */
export function groupHeardUntilMs(group: Group, ownIds: readonly string[]): number | undefined {
  const times = Object.entries(group.members).flatMap(([id, { state, beatMs, confirmedMs = beatMs }]) =>
    state === 'synced' && !ownIds.includes(id) ? [Math.min(beatMs, confirmedMs)] : [],
  );
  if (group.heardUntilMs !== undefined) times.push(group.heardUntilMs);
  return times.length === 0 ? undefined : Math.max(...times);
}

function planJoining(group: Group, self: Self, others: readonly string[], nowMs: number, timing: GroupTiming): Plan {
  if (others.length === 0) return beginOrKeep(group, self, nowMs, timing);
  const { change } = group;
  if (change?.parts !== undefined && change.epoch === group.epoch && change.joiners.includes(self.id)) {
    return planAlign(group, self, change, change.parts, nowMs);
  }
  return { group: withBeat(group, self, 'joining', nowMs, timing), action: { kind: 'none' } };
}

function planSynced(group: Group, self: Self, others: readonly string[], nowMs: number, timing: GroupTiming): Plan {
  if (group.leader === self.id) return planLeading(group, self, nowMs, timing);
  if (group.epoch !== self.epoch) {
    const { change } = group;
    if (change?.parts !== undefined && change.epoch === group.epoch && change.former === self.epoch && !self.isLeader) {
      return planAlign(group, self, change, change.parts, nowMs);
    }
    if (others.length === 0) return beginOrKeep(group, self, nowMs, timing);
    return { group: undefined, action: { kind: 'rejoin' } };
  }
  if (!others.includes(group.leader)) {
    // Whether the leader that died has begun the new epoch, nobody knows.
    const isTorn = group.change !== undefined && group.change.parts === undefined && nowMs >= group.steadyUntilMs;
    return isTorn ? begin(group, self, nowMs, timing) : keep(group, self, nowMs, timing);
  }
  return {
    group: withBeat(group, self, 'synced', nowMs, timing),
    action: {
      kind: 'follow',
      steadyUntilMs: group.steadyUntilMs,
      isChanging: group.change !== undefined && group.change.parts === undefined,
    },
  };
}

function planAlign(group: Group, self: Self, change: EpochChange, parts: number, nowMs: number): Plan {
  return {
    group: withMember(group, self, 'synced', nowMs),
    action: { kind: 'align', change, parts, steadyUntilMs: group.steadyUntilMs },
  };
}

function planLeading(stored: Group, self: Self, nowMs: number, timing: GroupTiming): Plan {
  const { change: led } = self;
  const { change: storedChange } = stored;
  if (led !== undefined && storedChange?.epoch === led.announcement.epoch) {
    // The answer to the write was lost.
    if (led.stage === 'announcing') return { group: undefined, action: { kind: 'announce', change: led } };
    if (storedChange.parts !== undefined) return { group: undefined, action: { kind: 'lead' } };
    if (led.stage === 'begun' && nowMs >= led.announcement.atMs + quietMs(timing)) {
      return {
        group: promising(withMember(stored, self, 'synced', nowMs), self, nowMs, timing),
        action: { kind: 'publish', change: led.announcement },
      };
    }
    return { group: withBeat(stored, self, 'synced', nowMs, timing), action: { kind: 'none' } };
  }
  // A change in the row that this relay does not know of was never begun.
  const { change: _, ...rest } = stored;
  const group: Group = storedChange?.parts === undefined ? rest : stored;
  if (group.epoch !== self.epoch) return keep(group, self, nowMs, timing);
  const joiners = Object.entries(group.members).flatMap(([id, member]) => {
    const isServed = group.change?.joiners.includes(id) ?? false;
    return member.state === 'joining' && isLive(member, nowMs, timing) && !isServed ? [id] : [];
  });
  if (self.isLeader && (joiners.length > 0 || self.wantsNewEpoch)) {
    return planAnnouncement(group, self, joiners, nowMs, timing);
  }
  const hasNews = !self.isLeader || group !== stored || needsBeat(group, self, 'synced', nowMs, timing);
  return {
    group: !hasNews ? undefined : promising(withMember(group, self, 'synced', nowMs), self, nowMs, timing),
    action: { kind: 'lead' },
  };
}

function planAnnouncement(group: Group, self: Self, joiners: string[], nowMs: number, timing: GroupTiming): Plan {
  const announcement: EpochChange = {
    epoch: randomEpoch(),
    atMs: nextEpochMs(nowMs, group.steadyUntilMs, timing),
    fromMs: nowMs,
    joiners,
    former: group.epoch,
  };
  return {
    group: { ...withMember(group, self, 'synced', nowMs), change: announcement },
    action: { kind: 'announce', change: { announcement, announcedMs: nowMs, stage: 'announcing' } },
  };
}

/** Nobody else counts: a joining relay begins, a synced one goes on with its own epoch. */
function beginOrKeep(group: Group, self: Self, nowMs: number, timing: GroupTiming): Plan {
  return self.state === 'joining' ? begin(group, self, nowMs, timing) : keep(group, self, nowMs, timing);
}

function begin(group: Group, self: Self, nowMs: number, timing: GroupTiming): Plan {
  const epoch = randomEpoch();
  return {
    group: leading({ ...group, sinceMs: self.sinceMs }, self, epoch, nowMs, timing),
    action: { kind: 'begin', epoch },
  };
}

function keep(group: Group, self: Self, nowMs: number, timing: GroupTiming): Plan {
  const sinceMs = group.epoch === self.epoch ? group.sinceMs : self.sinceMs;
  return {
    group: leading({ ...group, sinceMs }, self, self.epoch ?? group.epoch, nowMs, timing),
    action: { kind: 'lead' },
  };
}

function leading(group: Group, self: Self, epoch: string, nowMs: number, timing: GroupTiming): Group {
  const { change: _, ...rest } = withMember(group, self, 'synced', nowMs);
  return promising({ ...rest, epoch, leader: self.id }, self, nowMs, timing);
}

/** Only where somebody listens: a promise delays the next epoch. */
function promising(group: Group, self: Self, nowMs: number, timing: GroupTiming): Group {
  const isAlone = Object.entries(group.members).every(([id, m]) => id === self.id || !isLive(m, nowMs, timing));
  if (isAlone) return group;
  return { ...group, steadyUntilMs: Math.max(group.steadyUntilMs, nowMs + timing.deadAfterMs) };
}

function withBeat(group: Group, self: Self, state: Member['state'], nowMs: number, timing: GroupTiming) {
  return needsBeat(group, self, state, nowMs, timing) ? withMember(group, self, state, nowMs) : undefined;
}

function needsBeat(group: Group, self: Self, state: Member['state'], nowMs: number, timing: GroupTiming): boolean {
  const known = group.members[self.id];
  return known?.state !== state || nowMs - known.beatMs >= timing.pollMs / 2 || self.formerIds.length > 0;
}

function withMember(group: Group, { id, confirmedMs }: Self, state: Member['state'], nowMs: number): Group {
  const member: Member = { state, beatMs: nowMs, ...(confirmedMs !== undefined && { confirmedMs }) };
  return { ...group, members: { ...group.members, [id]: member } };
}

/** Without this relay's earlier lives, and without the long dead. */
function withoutGone(group: Group, self: Self, nowMs: number, timing: GroupTiming): Group {
  const gone = Object.entries(group.members).filter(
    ([id, { beatMs }]) => self.formerIds.includes(id) || nowMs - beatMs > 20 * timing.deadAfterMs,
  );
  if (gone.length === 0) return group;
  const names = new Set(gone.map(([id]) => id));
  const members = Object.fromEntries(Object.entries(group.members).filter(([id]) => !names.has(id)));
  const heardUntilMs = groupHeardUntilMs({ ...group, members: Object.fromEntries(gone) }, self.formerIds);
  return { ...group, members, ...(heardUntilMs !== undefined && { heardUntilMs }) };
}
