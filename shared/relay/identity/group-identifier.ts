import { TransientError } from '../../errors.ts';
import type { Table } from '../../storage/table.ts';
import { type Covered, GroupMember, type GroupMemberOptions } from './group-member.ts';
import { createGroupTable, type EpochChange, type Group } from './group-table.ts';
import { commonCutMs, defaultGroupTiming, type GroupTiming } from './group-timing.ts';
import type { Identifier } from './identifier.ts';
import { type Action, groupHeardUntilMs, planStep, type Self, syncedOthers } from './plan-step.ts';

export interface GroupIdentifierOptions extends Omit<GroupMemberOptions, 'timing' | 'maxHeld' | 'maxContents'> {
  readonly table: Table;
  /** Relays with the same name hear the same hub with the same subscriptions. */
  readonly group: string;
  /** Nobody heard the hub from then on until this process did (milliseconds since the epoch). Called once at most. */
  readonly onUnheard: (sinceMs: number) => void;
  readonly timing?: Partial<GroupTiming>;
  /** Messages held at most; then the relay goes on by itself. */
  readonly maxHeld?: number;
  /** Contents that are counted before a new epoch lets go of them; some 100 bytes each. */
  readonly maxContents?: number;
}

/** How often a step is tried when other relays write at the same time. */
const MAX_ATTEMPTS = 4;

/**
 * Ids that two or more relays agree on, so that the bus drops the copies of what all of them send. The bias: nothing is
 * lost; something is sent under two ids only when two failures coincide. The exception are equal messages that come all
 * the time, see "Joining".
 *
 * **Ids.** An id is made of an epoch, the content, and the how-manieth occurrence of that content in the epoch this is.
 * Identical occurrences can't be told apart, but relays that receive all of them from the same beginning on number them
 * alike, in whatever order they come. So all that has to be agreed on is the epoch, and where it begins.
 *
 * **The row.** One row tells the epoch, its leader, and the members with their last sign of life. Every change is made
 * by a write that succeeds on the latest version only, so each is one decision that all see alike. A relay that is
 * first takes the lead with a new epoch, and sends all it has received.
 *
 * **Joining.** After `up` a relay lacks what came before, so it can't count on: it holds what it receives and says so in
 * the row. The leader then announces a new epoch for a moment T soon after. From T on all count anew. As no occurrence
 * reaches two relays at the very same time, the leader notes what it receives around T: a content that has come
 * shortly before T goes on under its old name (it is carried), and any other begins at 1. Some time after T the leader
 * publishes for each carried content a cut: a moment in the middle of a gap between its arrivals, and the number it had
 * there. The gap being wider than twice what the ways to the relays differ, all relays agree on what came before the
 * cut and what after. The joining relay counts from the cut on, and leaves what came before to the leader, unless the
 * leader's notes show that it has not received it: that gets an id of its own. A content that comes all the time, many
 * times a second and equal to the last byte, has no wide gap; the widest there is will mostly do, because in one region
 * the ways differ by milliseconds. Where it does not, the relays' numbers of this content differ by one: an occurrence of
 * it is doubled, or lost when the leader dies.
 *
 * **Followers.** Members that follow count with the leader and need no table to do so. The leader promises in the row
 * up to when no new epoch comes; beyond the promise a follower holds what it receives until it has read the row again.
 * When the leader falls silent, the follower takes the lead in the same epoch. At a change it aligns like a joining
 * relay, and has its own counts for what came before. There may be more than one.
 *
 * **Letting go.** Counting takes memory, so the leader changes the epoch now and then even if nobody joins.
 *
 * **Without the table** leader and followers go on with the epoch they have. A relay that joins, or is in the middle of
 * a change, begins an epoch of its own after `maxHoldMs`: doubles, but no loss. When the table is back, relays that find
 * another epoch there join it.
 *
 * **Standby.** Only the leader sends. It says in the row how far the bus has confirmed what it received. The others keep
 * what they have identified from there on, and for as long as taking over may take, and send it when they take the lead;
 * the bus drops what was sent already. What waits in the leader's spool counts as not confirmed: it may be lost with its
 * disk. What does not fit into memory is forgotten, the oldest first, and told as lost if the leader dies before it is
 * confirmed. (Sending it instead would double what comes later than the bus remembers ids.)
 *
 * **After all were away** nobody has heard the hub for a while. A process that begins, and finds only the traces of others,
 * says since when.
 */
export function createGroupIdentifier(options: GroupIdentifierOptions): Identifier {
  const { clock, log } = options;
  const timing = { ...defaultGroupTiming, ...options.timing };
  const table = createGroupTable(options.table, options.group, timing.tableTimeoutMs);
  const member = new GroupMember({
    ...options,
    timing,
    maxHeld: options.maxHeld ?? 50_000,
    maxContents: options.maxContents ?? 200_000,
  });
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  let isWanted = false;
  let isClosing = false;
  let peers = 0;
  let covered: Covered | undefined;
  /** The last time that the table answered, or that there was reason to ask it. */
  let contactMs = 0;
  let isTableAway = false;
  /** Whether others were there when this process began is known. */
  let hasBegun = false;
  /** Changes with every `up` and `down`: what was decided before is void. */
  let session = 0;

  function wake(): void {
    clearTimeout(timer);
    timer = undefined;
    if (running !== undefined) {
      isWanted = true;
      return;
    }
    isWanted = false;
    running = step().finally(() => {
      running = undefined;
      schedule();
    });
  }

  function schedule(): void {
    if (isClosing) return;
    if (isWanted) {
      wake();
      return;
    }
    const isWaiting = member.isWaiting || isTableAway;
    if (member.state === 'down' && !member.isWaiting) return;
    timer = setTimeout(wake, isWaiting ? timing.quickPollMs : timing.pollMs);
  }

  async function step(): Promise<void> {
    const present = session;
    try {
      for (let attempt = 1; attempt <= MAX_ATTEMPTS && present === session; attempt += 1) {
        if (await tryStep(present)) break;
      }
      if (isTableAway) log.info('the table of the relays answers again');
      isTableAway = false;
      contactMs = clock();
    } catch (error) {
      if (!(error instanceof TransientError)) log.error('the relays could not agree', { error: String(error) });
      else if (!isTableAway) log.warn('the table of the relays does not answer', { reason: error.message });
      isTableAway = true;
      goOnAlone();
    }
  }

  /** What was held can't wait for the table any longer. */
  function goOnAlone(): void {
    if (clock() - contactMs < timing.maxHoldMs) return;
    member.settleLeftOver(undefined);
    member.detach();
  }

  /** False when another relay has written meanwhile. @throws TransientError */
  async function tryStep(present: number): Promise<boolean> {
    const stored = await table.read();
    if (present !== session) return true;
    const nowMs = clock();
    noteOthers(stored?.group, nowMs);
    const self = member.self();
    if (self === undefined) return goodbye(stored?.group, stored?.version);
    const { group, action } = planStep(stored?.group, self, nowMs, timing);
    if (action.kind === 'announce') member.announce(action.change);
    const prepared = await prepare(action, group, nowMs);
    if (present !== session) return true;
    if (prepared.group !== undefined) {
      if (!(await table.write(prepared.group, stored?.version))) return false;
      member.forget(self.formerIds);
      if (present !== session) return true;
    }
    prepared.act();
    if (action.kind !== 'none') noteBeginning(action, stored?.group, self);
    return true;
  }

  /** Others that live have heard what this process missed. */
  function noteBeginning({ kind }: Action, former: Group | undefined, { id, sinceMs, formerIds }: Self): void {
    if (hasBegun) return;
    hasBegun = true;
    const isAlone = kind === 'begin' || kind === 'lead';
    const heardUntilMs = isAlone && former ? groupHeardUntilMs(former, [id, ...formerIds]) : undefined;
    if (heardUntilMs !== undefined && heardUntilMs < sinceMs) options.onUnheard(heardUntilMs);
  }

  /** Reads or writes the boundary, where one is needed before the group is written. */
  async function prepare(action: Action, group: Group | undefined, nowMs: number): Promise<Prepared> {
    switch (action.kind) {
      case 'none':
        return { group, act: () => {} };
      case 'begin':
        return { group, act: () => member.begin(action.epoch) };
      case 'lead':
        return { group, act: () => member.lead() };
      case 'follow':
        return { group, act: () => member.follow(action.steadyUntilMs, action.isChanging) };
      case 'rejoin':
        return { group, act: rejoin };
      case 'announce':
        return { group, act: () => member.confirmAnnouncement(action.change) };
      case 'align':
        return prepareAlignment(action.change, action.parts, action.steadyUntilMs, group);
      case 'publish':
        return preparePublication(action.change, group, nowMs);
    }
  }

  async function prepareAlignment(
    change: EpochChange,
    parts: number,
    steadyUntilMs: number,
    group: Group | undefined,
  ): Promise<Prepared> {
    const entries = await table.readBoundary(change.epoch, parts);
    // Another epoch has come meanwhile.
    if (entries === undefined || group === undefined) return { group: undefined, act: rejoin };
    const { epoch, fromMs } = change;
    const cutMs = commonCutMs(change.atMs, timing);
    const boundary = { epoch, fromMs, cutMs, sinceMs: group.sinceMs, entries };
    return {
      group,
      act: () => {
        member.align(boundary, steadyUntilMs);
        log.info('this relay is in step with its group', { epoch });
      },
    };
  }

  async function preparePublication(change: EpochChange, group: Group | undefined, nowMs: number): Promise<Prepared> {
    const boundary = member.boundary(nowMs);
    if (boundary === undefined || group === undefined) return { group: undefined, act: () => {} };
    const parts = await table.writeBoundary(change.epoch, boundary.entries);
    return {
      group: { ...group, epoch: change.epoch, change: { ...change, fromMs: boundary.fromMs, parts } },
      act: () => member.finishChange(),
    };
  }

  function rejoin(): void {
    log.warn('the group counts in another epoch: this relay joins it');
    member.join();
    isWanted = true;
  }

  /** What was left over may be others' to send. */
  function noteOthers(group: Group | undefined, nowMs: number): void {
    const others = group === undefined ? [] : syncedOthers(group, member.self()?.id, nowMs, timing);
    const living = others.filter((id) => !member.formerIds.includes(id));
    peers = living.length;
    covered = undefined;
    if (group !== undefined && peers > 0) {
      const lastBeatMs = Math.max(...living.map((id) => group.members[id]?.beatMs ?? 0));
      covered = { fromMs: group.sinceMs, untilMs: lastBeatMs - timing.spreadMs };
    }
    member.settleLeftOver(covered);
    const leader = group?.members[group.leader];
    if (leader !== undefined && !member.isSending) member.noteConfirmed(leader.confirmedMs);
  }

  /** Takes this relay's name out of the group, so that nobody waits for it. */
  async function goodbye(group: Group | undefined, version: string | undefined): Promise<boolean> {
    const ids = member.formerIds;
    if (group !== undefined && ids.some((id) => id in group.members)) {
      const members = Object.fromEntries(Object.entries(group.members).filter(([id]) => !ids.includes(id)));
      const left =
        member.heardUntilMs === undefined ? {} : { heardUntilMs: latest(group.heardUntilMs, member.heardUntilMs) };
      if (!(await table.write({ ...group, members, ...left }, version))) return false;
    }
    member.forget(ids);
    return true;
  }

  return {
    up: () => {
      if (isClosing) return;
      session += 1;
      contactMs = clock();
      member.join();
      wake();
    },
    down: () => {
      if (isClosing || member.state === 'down') return;
      session += 1;
      contactMs = clock();
      member.leave();
      wake();
    },
    receive: ({ event, contentHash, mergeKey }, receivedAtMs) => {
      member.receive({ event, contentHash, mergeKey, receivedAtMs });
    },
    status: () => ({
      mode: options.mode,
      state: member.state,
      epoch: member.epoch,
      isSending: member.isSending,
      held: member.held,
      peers,
      forgotten: member.forgotten,
    }),
    close: async () => {
      if (isClosing) return;
      isClosing = true;
      session += 1;
      clearTimeout(timer);
      await running;
      member.leave();
      await step();
      // Another relay that was alive a moment ago has received the last ones too.
      member.settleLeftOver(covered && { ...covered, untilMs: Number.POSITIVE_INFINITY });
    },
  };
}

function latest(knownMs: number | undefined, timeMs: number): number {
  return Math.max(knownMs ?? timeMs, timeMs);
}

/** A step that is ready to be taken: the row to write, and what to do once it is written. */
interface Prepared {
  readonly group: Group | undefined;
  readonly act: () => void;
}
