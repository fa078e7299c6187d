/** The message ids that an entity has accepted within its window. */
export class DuplicateHistory {
  readonly #windowMs: number;
  /** Oldest first: the window is the same for all. */
  readonly #acceptedAtMs = new Map<string, number>();

  constructor(windowMs: number) {
    this.#windowMs = windowMs;
  }

  get size(): number {
    return this.#acceptedAtMs.size;
  }

  has(messageId: string, nowMs: number): boolean {
    const acceptedAtMs = this.#acceptedAtMs.get(messageId);
    return acceptedAtMs !== undefined && acceptedAtMs + this.#windowMs > nowMs;
  }

  add(messageId: string, nowMs: number): void {
    for (const [oldest, acceptedAtMs] of this.#acceptedAtMs) {
      if (acceptedAtMs + this.#windowMs > nowMs) break;
      this.#acceptedAtMs.delete(oldest);
    }
    this.#acceptedAtMs.delete(messageId);
    this.#acceptedAtMs.set(messageId, nowMs);
  }

  /** What is still inside the window. */
  *entries(nowMs: number): Iterable<{ messageId: string; acceptedAtMs: number }> {
    for (const [messageId, acceptedAtMs] of this.#acceptedAtMs) {
      if (acceptedAtMs + this.#windowMs > nowMs) yield { messageId, acceptedAtMs };
    }
  }
}
