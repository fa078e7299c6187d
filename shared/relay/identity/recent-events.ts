import type { CloudEvent } from '../../events/cloud-event.ts';
import type { Emit } from './identifier.ts';

interface RecentEvent {
  readonly event: CloudEvent;
  readonly mergeKey: string | undefined;
  readonly atMs: number;
}

/** The events of the last moments, which another relay has sent if it has not died meanwhile. */
export class RecentEvents {
  readonly #keepMs: number;
  #events: RecentEvent[] = [];
  /** Before this index they are too old. */
  #start = 0;

  constructor(keepMs: number) {
    this.#keepMs = keepMs;
  }

  add(event: CloudEvent, mergeKey: string | undefined, nowMs: number): void {
    this.#events.push({ event, mergeKey, atMs: nowMs });
    while ((this.#events[this.#start]?.atMs ?? nowMs) < nowMs - this.#keepMs) this.#start += 1;
    // Moving what remains costs less the rarer it is done.
    if (this.#start > 1_000 && this.#start > this.#events.length / 2) {
      this.#events = this.#events.slice(this.#start);
      this.#start = 0;
    }
  }

  /** Emits those that are not too old, and is empty then. */
  flush(emit: Emit, nowMs: number): void {
    const events = this.#events.slice(this.#start).filter(({ atMs }) => atMs >= nowMs - this.#keepMs);
    this.#events = [];
    this.#start = 0;
    for (const { event, mergeKey } of events) emit(event, mergeKey);
  }
}
