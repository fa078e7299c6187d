/** How relays wait for each other, all in milliseconds. The same in all relays of a group. */
export interface GroupTiming {
  /** Between looks at the table while nothing is going on. */
  readonly pollMs: number;
  /** Between looks at the table while something is waited for. */
  readonly quickPollMs: number;
  /** After so long without a sign of life a relay counts as dead. The leader promises for so long what it will not do. */
  readonly deadAfterMs: number;
  /**
   * Two relays receive the same occurrence at most so far apart, by their own clocks: the difference of the ways from
   * the hub, and of the clocks. More leads to doubles.
   */
  readonly spreadMs: number;
  /** From the announcement of a new epoch to its beginning; at least two and a half times the spread. */
  readonly leadMs: number;
  /** How long messages are held for a table that does not answer. */
  readonly maxHoldMs: number;
  /** A table operation that takes longer has failed. */
  readonly tableTimeoutMs: number;
  /** When a new epoch lets go of what has been counted. */
  readonly epochMs: number;
}

export const defaultGroupTiming: GroupTiming = {
  pollMs: 1_000,
  quickPollMs: 250,
  deadAfterMs: 3_000,
  spreadMs: 600,
  leadMs: 1_500,
  maxHoldMs: 6_000,
  tableTimeoutMs: 1_200,
  epochMs: 1_800_000,
};

/** With nothing heard of a content for twice the spread, a cut in the middle separates before from after in all relays. */
export function quietMs({ spreadMs }: GroupTiming): number {
  return 2 * spreadMs;
}

/**
 * The cut of contents that the leader has not received for a while before an epoch begins at `atMs`. It is the earliest
 * cut of all: what a follower receives before, it identifies at once, in the former epoch.
 */
export function commonCutMs(atMs: number, { spreadMs }: GroupTiming): number {
  return atMs - 1.5 * spreadMs;
}

/** The beginning of an epoch whose cuts all come after `nowMs`, and after what the leader promised. */
export function nextEpochMs(nowMs: number, steadyUntilMs: number, timing: GroupTiming): number {
  return Math.max(nowMs + timing.leadMs, Math.ceil(steadyUntilMs + 1.5 * timing.spreadMs));
}

/** The longest that a standby takes to send in place of a leader that has died, even if the table is away then. */
export function takeOverMs({ deadAfterMs, maxHoldMs, tableTimeoutMs, pollMs }: GroupTiming): number {
  return deadAfterMs + maxHoldMs + pollMs + 3 * tableTimeoutMs;
}
