import type { CloudEvent } from '../../events/cloud-event.ts';
import { EVENT_OVERHEAD_BYTES } from '../outbox/outbox-item.ts';
import type { Emit } from './identifier.ts';

interface RecentEvent {
  readonly event: CloudEvent;
  readonly mergeKey: string | undefined;
  readonly receivedAtMs: number;
  readonly bytes: number;
}

/** Events that could not be kept, received from `fromMs` to `toMs` (milliseconds since the epoch). */
export interface LostEvents {
  readonly fromMs: number;
  readonly toMs: number;
  readonly events: number;
}

export interface RecentEventsOptions {
  /** Events are kept so long, even if the other relay has had them confirmed: it may not have heard the very last ones. */
  readonly keepMs: number;
  /** About what they may take in memory. */
  readonly maxBytes: number;
  /** From now on events are forgotten that the other relay has not had confirmed. */
  readonly onForgetting: () => void;
}

/** Forgotten events are counted by stretches of time. */
const STRETCH_MS = 1_000;

/** The events that another relay sends, until the bus has confirmed them to it: if it dies, they have to be sent again. */
export class RecentEvents {
  readonly #options: RecentEventsOptions;
  #events: RecentEvent[] = [];
  /** What is before this index has been let go. */
  #start = 0;
  #bytes = 0;
  #confirmedMs: number | undefined;
  /** What was forgotten although it was not confirmed, oldest first; what has been confirmed since is taken out. */
  #forgotten: LostEvents[] = [];
  #forgottenCount = 0;

  constructor(options: RecentEventsOptions) {
    this.#options = options;
  }

  /** Events that were forgotten before they were confirmed, since the beginning. */
  get forgottenCount(): number {
    return this.#forgottenCount;
  }

  /** What was received before is confirmed; undefined: the other relay does not say. */
  get confirmedMs(): number | undefined {
    return this.#confirmedMs;
  }

  /** When the oldest event that is kept was received. */
  get firstMs(): number | undefined {
    return this.#events[this.#start]?.receivedAtMs;
  }

  /** Events come in the order in which they were received. */
  add(event: CloudEvent, mergeKey: string | undefined, receivedAtMs: number, nowMs: number): void {
    const bytes = JSON.stringify(event.data).length + EVENT_OVERHEAD_BYTES;
    this.#events.push({ event, mergeKey, receivedAtMs, bytes });
    this.#bytes += bytes;
    this.#letGo(nowMs);
    while (this.#bytes > this.#options.maxBytes) this.#forgetFirst(nowMs);
  }

  /** @param confirmedMs see {@link RecentEvents.confirmedMs} */
  confirm(confirmedMs: number | undefined, nowMs: number): void {
    this.#confirmedMs = confirmedMs;
    this.#letGo(nowMs);
  }

  /** Emits those that may not have been sent, is empty then, and tells what was forgotten of them. */
  flush(emit: Emit, nowMs: number): LostEvents | undefined {
    this.#letGo(nowMs);
    const events = this.#events.slice(this.#start);
    const [first, last] = [this.#forgotten[0], this.#forgotten.at(-1)];
    const lost = first &&
      last && {
        fromMs: first.fromMs,
        toMs: last.toMs,
        events: this.#forgotten.reduce((sum, stretch) => sum + stretch.events, 0),
      };
    this.#events = [];
    this.#start = 0;
    this.#bytes = 0;
    this.#forgotten = [];
    for (const { event, mergeKey } of events) emit(event, mergeKey);
    return lost;
  }

  #letGo(nowMs: number): void {
    const tooOldMs = nowMs - this.#options.keepMs;
    const untilMs = Math.min(tooOldMs, this.#confirmedMs ?? tooOldMs);
    while ((this.firstMs ?? untilMs) < untilMs) this.#takeFirst();
    const neededFromMs = this.#neededFromMs(nowMs);
    while ((this.#forgotten[0]?.toMs ?? neededFromMs) < neededFromMs) this.#forgotten.shift();
    // Moving what remains costs less the rarer it is done.
    if (this.#start > 1_000 && this.#start > this.#events.length / 2) {
      this.#events = this.#events.slice(this.#start);
      this.#start = 0;
    }
  }

  #forgetFirst(nowMs: number): void {
    const receivedAtMs = this.#takeFirst();
    if (receivedAtMs === undefined || receivedAtMs < this.#neededFromMs(nowMs)) return;
    this.#forgottenCount += 1;
    const last = this.#forgotten.at(-1);
    if (last === undefined) this.#options.onForgetting();
    if (last !== undefined && receivedAtMs - last.fromMs < STRETCH_MS) {
      this.#forgotten[this.#forgotten.length - 1] = { ...last, toMs: receivedAtMs, events: last.events + 1 };
    } else {
      this.#forgotten.push({ fromMs: receivedAtMs, toMs: receivedAtMs, events: 1 });
    }
  }

  #takeFirst(): number | undefined {
    const first = this.#events[this.#start];
    if (first === undefined) return undefined;
    this.#start += 1;
    this.#bytes -= first.bytes;
    return first.receivedAtMs;
  }

  #neededFromMs(nowMs: number): number {
    return this.#confirmedMs ?? nowMs - this.#options.keepMs;
  }
}
