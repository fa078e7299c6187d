import type { BoundaryEntry } from './boundary.ts';
import { type Chain, contentKey } from './occurrence-counts.ts';

interface Arrivals {
  readonly contentHash: string;
  readonly timesMs: number[];
}

/** What the leader received around the beginning of an epoch, and when. */
export class ArrivalLog {
  readonly fromMs: number;
  readonly #arrivals = new Map<string, Arrivals>();

  constructor(fromMs: number) {
    this.fromMs = fromMs;
  }

  add(contentHash: string, receivedAtMs: number): void {
    const key = contentKey(contentHash);
    const known = this.#arrivals.get(key);
    if (known === undefined) this.#arrivals.set(key, { contentHash, timesMs: [receivedAtMs] });
    else known.timesMs.push(receivedAtMs);
  }

  /** Contents so far: the busy ones, when an epoch begins. */
  contents(): string[] {
    return [...this.#arrivals.values()].map(({ contentHash }) => contentHash);
  }

  /**
   * Where the others shall begin to count the contents that came before `atMs`: as far as possible from any arrival of
   * that content, with the number it had there. Exact where no arrival is nearer than the spread; contents that come all
   * the time have no such moment.
   *
   * @param untilMs the end of the log
   * @param earliestCutMs what others received before has its id already, or they were not there
   */
  entries(
    atMs: number,
    untilMs: number,
    earliestCutMs: number,
    chainOf: (contentHash: string) => Chain,
  ): BoundaryEntry[] {
    const entries: BoundaryEntry[] = [];
    for (const [key, { contentHash, timesMs }] of this.#arrivals) {
      if ((timesMs[0] ?? atMs) >= atMs) continue;
      const chain = chainOf(contentHash);
      const { cutMs, before } = safestCut(timesMs, this.fromMs, untilMs, earliestCutMs);
      entries.push({ key, cutMs, epoch: chain.epoch, count: chain.count - (timesMs.length - before) });
    }
    return entries;
  }
}

/** The moment that is farthest from any arrival, and how many arrivals are before it. */
function safestCut(timesMs: readonly number[], fromMs: number, untilMs: number, earliestCutMs: number) {
  let best = { cutMs: untilMs, before: timesMs.length, marginMs: -1 };
  for (let before = timesMs.length; before >= 0; before -= 1) {
    const startMs = timesMs[before - 1] ?? fromMs;
    const endMs = timesMs[before] ?? untilMs;
    const cutMs = Math.max(Math.ceil((startMs + endMs) / 2), earliestCutMs);
    const marginMs = Math.min(cutMs - startMs, endMs - cutMs);
    if (marginMs > best.marginMs) best = { cutMs, before, marginMs };
  }
  return best;
}
