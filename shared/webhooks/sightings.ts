/** When a payload was first seen, and whether the bus is known to have taken the event made of it. */
export interface Sighting {
  readonly firstSeenMs: number;
  /** When its repeats began to count: the first sighting, or the retry that completed an unconfirmed one. */
  readonly countsFromMs: number;
  readonly unconfirmed: boolean;
}

/** Remembers by content hash what was received lately. Every method may reject when the store does not answer. */
export interface Sightings {
  /** Stores `sighting` unless the content was seen before; then returns what is stored, with the handle to replace it. */
  addOrGet(hash: string, sighting: Sighting): Promise<StoredSighting | undefined>;
  /** Replaces what `stored` describes; false when another process was faster. */
  replace(hash: string, sighting: Sighting, stored: StoredSighting): Promise<boolean>;
  /** Notes that the event made of this content may not have reached the bus. */
  markUnconfirmed(hash: string): Promise<void>;
}

export interface StoredSighting extends Sighting {
  readonly version: string;
}

/** A delivery that the sender repeats within this time is the same occurrence; the same content later is a new one. */
const SAME_OCCURRENCE_MS = 30_000;

/** An event that the bus may not have taken keeps its id this long, so that the sender's retry completes it. */
const RETRY_OF_UNCONFIRMED_MS = 10 * 60_000;

/**
 * The moment that tells this occurrence of a content from others with the same content: the first sighting, in
 * milliseconds since the epoch. Deliveries of one occurrence get the same value, on whichever instance they arrive.
 */
export async function occurrenceOf(hash: string, nowMs: number, sightings: Sightings): Promise<number> {
  const mine = { firstSeenMs: nowMs, countsFromMs: nowMs, unconfirmed: false };
  for (;;) {
    const stored = await sightings.addOrGet(hash, mine);
    if (stored === undefined) return nowMs;
    const { firstSeenMs, countsFromMs, unconfirmed } = stored;
    if (unconfirmed && nowMs - firstSeenMs < RETRY_OF_UNCONFIRMED_MS) {
      await sightings.replace(hash, { firstSeenMs, countsFromMs: nowMs, unconfirmed: false }, stored);
      return firstSeenMs;
    }
    if (!unconfirmed && nowMs - countsFromMs < SAME_OCCURRENCE_MS) return firstSeenMs;
    if (await sightings.replace(hash, mine, stored)) return nowMs;
  }
}

/** Stands in for {@link occurrenceOf} when the store does not answer: repeats in the same half minute are recognised. */
export function approximateOccurrence(nowMs: number): number {
  return Math.floor(nowMs / SAME_OCCURRENCE_MS) * SAME_OCCURRENCE_MS;
}
