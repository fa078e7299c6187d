import type { Deadlines } from './engine/deadlines.ts';

/** Node's timers hold no more than this; a longer wait is taken in parts. */
const MAX_DELAY_MS = 2 ** 31 - 1;

/** Runs deadlines when their time comes, with a single timer. */
export class Alarm {
  readonly #deadlines: Deadlines;
  readonly #clock: () => number;
  #timer: NodeJS.Timeout | undefined;
  #started = false;

  constructor(deadlines: Deadlines, clock: () => number) {
    this.#deadlines = deadlines;
    this.#clock = clock;
  }

  start(): void {
    this.#started = true;
    this.rearm();
  }

  stop(): void {
    this.#started = false;
    clearTimeout(this.#timer);
  }

  /** To be called when something is due sooner than before. */
  rearm(): void {
    const nextMs = this.#deadlines.nextMs;
    clearTimeout(this.#timer);
    if (!this.#started || nextMs === undefined) return;
    const delayMs = Math.min(Math.max(nextMs - this.#clock(), 0), MAX_DELAY_MS);
    this.#timer = setTimeout(() => {
      this.#deadlines.runUntil(this.#clock());
      this.rearm();
    }, delayMs);
  }
}
