import { setImmediate } from 'node:timers/promises';

/** A clock that moves on only when everything that could happen at its time has happened. */
export class VirtualTime {
  nowMs: number;
  readonly #sleepers: { readonly atMs: number; readonly wake: () => void }[] = [];

  /** By default at the start of a bucket of a minute's and of a second's budget. */
  constructor(startMs = 1_699_999_950_000) {
    this.nowMs = startMs;
  }

  readonly clock = (): number => this.nowMs;

  readonly sleep = (ms: number): Promise<void> =>
    new Promise((wake) => {
      this.#sleepers.push({ atMs: this.nowMs + ms, wake });
    });

  /** Lets time pass until `work` is done. Throws when nothing is left that could go on. */
  async run<T>(work: Promise<T>): Promise<T> {
    let isDone = false;
    const done = () => {
      isDone = true;
    };
    work.then(done, done);
    for (;;) {
      await setImmediate();
      if (isDone) return work;
      this.#sleepers.sort((a, b) => a.atMs - b.atMs);
      const next = this.#sleepers.shift();
      if (next === undefined) throw new Error('everybody waits for something that never comes');
      this.nowMs = Math.max(this.nowMs, next.atMs);
      next.wake();
    }
  }
}

/** The highest number of times in any stretch of `windowMs`. */
export function mostInAnyWindow(timesMs: readonly number[], windowMs: number): number {
  const sorted = timesMs.toSorted((a, b) => a - b);
  let first = 0;
  let most = 0;
  sorted.forEach((timeMs, index) => {
    while ((sorted[first] ?? timeMs) <= timeMs - windowMs) first += 1;
    most = Math.max(most, index - first + 1);
  });
  return most;
}
