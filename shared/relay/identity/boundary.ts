import type { HeldMessage } from './held-message.ts';
import { type Chain, contentKey, OccurrenceCounts, randomEpoch } from './occurrence-counts.ts';

/** A content that was busy when an epoch began. */
export interface BoundaryEntry {
  /** {@link contentKey} */
  readonly key: string;
  /** Arrivals from then on are counted after `count`, under the name of `epoch`; earlier ones are among `count`. */
  readonly cutMs: number;
  readonly epoch: string;
  readonly count: number;
}

/** Where an epoch begins, as its leader saw it. */
export interface Boundary {
  readonly epoch: string;
  /** Contents without an entry begin at 1 from then on: the leader received none of them in a while before. */
  readonly cutMs: number;
  /** The entries tell all contents that the leader received from then on and before the epoch. */
  readonly fromMs: number;
  /** When the leader's line of counting began: what came earlier it has not received. */
  readonly sinceMs: number;
  readonly entries: readonly BoundaryEntry[];
}

export interface IdentifiedMessage {
  readonly message: HeldMessage;
  readonly id: string;
  /** No other relay sends it under this id. */
  readonly isOwn: boolean;
}

export interface Aligned {
  readonly counts: OccurrenceCounts;
  /** In the order of arrival. */
  readonly identified: readonly IdentifiedMessage[];
}

/**
 * Identifies what was held around the beginning of an epoch, as its leader did.
 *
 * Of what came before, a follower goes on with its own counts of the former epoch. A relay without such (`former`
 * undefined) leaves that to the leader, apart from what the leader can't have received: that gets ids of its own.
 */
export function align(
  held: readonly HeldMessage[],
  boundary: Boundary,
  spreadMs: number,
  former: OccurrenceCounts | undefined,
): Aligned {
  const entries = new Map(boundary.entries.map((entry) => [entry.key, entry]));
  const carried = new Map<string, Chain>(boundary.entries.map(({ key, epoch, count }) => [key, { epoch, count }]));
  const counts = new OccurrenceCounts(boundary.epoch, carried);
  const isWholeLine = boundary.fromMs <= boundary.sinceMs;
  const own = new OccurrenceCounts(randomEpoch());

  const entryOf = ({ contentHash }: HeldMessage) => entries.get(contentKey(contentHash));
  const isAfter = (message: HeldMessage) => message.receivedAtMs >= (entryOf(message)?.cutMs ?? boundary.cutMs);

  const earlierByKey = new Map<string, number>();
  for (const message of held) {
    if (isAfter(message)) continue;
    const key = contentKey(message.contentHash);
    earlierByKey.set(key, (earlierByKey.get(key) ?? 0) + 1);
  }

  /** Whether the leader can't have received an arrival before the cut. Asked in the order of arrival. */
  function isMissedByLeader(message: HeldMessage): boolean {
    const entry = entryOf(message);
    if (entry === undefined) {
      if (isWholeLine || message.receivedAtMs < boundary.sinceMs) return true;
      return message.receivedAtMs >= boundary.fromMs + spreadMs;
    }
    if (!isWholeLine) return message.receivedAtMs < boundary.sinceMs;
    const left = earlierByKey.get(entry.key) ?? 0;
    earlierByKey.set(entry.key, left - 1);
    return left > entry.count;
  }

  const identified = held.flatMap((message) => {
    const { contentHash } = message;
    if (isAfter(message)) return [{ message, id: counts.next(contentHash), isOwn: false }];
    if (former !== undefined) return [{ message, id: former.next(contentHash), isOwn: false }];
    return isMissedByLeader(message) ? [{ message, id: own.next(contentHash), isOwn: true }] : [];
  });
  return { counts, identified };
}
