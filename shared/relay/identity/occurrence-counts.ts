import { randomBytes } from 'node:crypto';

/** A name that nobody has used before. */
export function randomEpoch(): string {
  return randomBytes(9).toString('base64url');
}

/** As many characters of a content hash (60 bits) as tell the contents of some seconds apart, for exchange in a table. */
const KEY_LENGTH = 10;

export function contentKey(contentHash: string): string {
  return contentHash.slice(0, KEY_LENGTH);
}

/** The occurrences of one content so far, under the name of the epoch in which they were first counted. */
export interface Chain {
  readonly epoch: string;
  readonly count: number;
}

/** As much of a content hash as an id needs: 132 bits. */
const ID_HASH_LENGTH = 22;

/**
 * Counts the occurrences of each content. Relays that count the same from the same beginning give the same ids.
 *
 * Contents that were busy when the epoch began go on with the numbers of an earlier one (`carried`).
 */
export class OccurrenceCounts {
  readonly epoch: string;
  readonly #counts = new Map<string, number>();
  /** By content key. */
  readonly #carried: Map<string, Chain>;

  constructor(epoch: string, carried: ReadonlyMap<string, Chain> = new Map()) {
    this.epoch = epoch;
    this.#carried = new Map(carried);
  }

  /** Contents that take memory. */
  get size(): number {
    return this.#counts.size + this.#carried.size;
  }

  /** Counts one more occurrence, and gives its id. */
  next(contentHash: string): string {
    if (this.#carried.size > 0) {
      const key = contentKey(contentHash);
      const chain = this.#carried.get(key);
      if (chain !== undefined) {
        const count = chain.count + 1;
        this.#carried.set(key, { epoch: chain.epoch, count });
        return `${chain.epoch}.${contentHash.slice(0, ID_HASH_LENGTH)}.${count}`;
      }
    }
    const count = (this.#counts.get(contentHash) ?? 0) + 1;
    this.#counts.set(contentHash, count);
    return `${this.epoch}.${contentHash.slice(0, ID_HASH_LENGTH)}.${count}`;
  }

  chainOf(contentHash: string): Chain {
    return (
      this.#carried.get(contentKey(contentHash)) ?? { epoch: this.epoch, count: this.#counts.get(contentHash) ?? 0 }
    );
  }
}
