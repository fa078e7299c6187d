/** A clock that can be put forward. All times are milliseconds since the epoch. */
export class SimulatedTime {
  readonly #clock: () => number;
  #aheadMs = 0;

  constructor(clock: () => number) {
    this.#clock = clock;
  }

  readonly now = (): number => this.#clock() + this.#aheadMs;

  advance(ms: number): void {
    this.#aheadMs += ms;
  }

  /** Back to the clock's own time. */
  reset(): void {
    this.#aheadMs = 0;
  }
}
