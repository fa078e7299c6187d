/** Sends one trigger's callbacks one after the other, or deliberately not quite in that order. */
export class TriggerQueue {
  #tail: Promise<void> = Promise.resolve();
  #held: { readonly send: () => Promise<void>; readonly timer: NodeJS.Timeout } | undefined;

  /**
   * Sends when everything before has been sent. With a disorder above 0, a callback waits so many milliseconds for the
   * next one to overtake it.
   */
  add(send: () => Promise<void>, disorderMs: number): void {
    if (this.#held !== undefined || disorderMs === 0) {
      this.#append(send);
      this.releaseHeld();
      return;
    }
    const timer = setTimeout(() => this.releaseHeld(), disorderMs);
    timer.unref();
    this.#held = { send, timer };
  }

  /** Sends what waits to be overtaken. */
  releaseHeld(): void {
    if (this.#held === undefined) return;
    const { send, timer } = this.#held;
    this.#held = undefined;
    clearTimeout(timer);
    this.#append(send);
  }

  #append(send: () => Promise<void>): void {
    this.#tail = this.#tail.then(send);
  }
}
