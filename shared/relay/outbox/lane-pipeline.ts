import type { OutgoingMessage } from '../../bus/bus.ts';
import { isMessageTooLarge } from '../../bus/message-too-large.ts';
import { itemBytes, type SendableItem } from './outbox-item.ts';

/** Service Bus takes 256 KiB at once; what the estimate misses is found out by halving. */
const MAX_BATCH_BYTES = 240_000;

const RETRY_FIRST_MS = 200;
const RETRY_MAX_MS = 5_000;

export interface LanePipelineOptions {
  /** Messages of one send. */
  readonly maxBatch: number;
  readonly send: (messages: readonly OutgoingMessage[]) => Promise<void>;
  /** Whether a newer snapshot has taken the item's place. */
  readonly isSuperseded: (item: SendableItem) => boolean;
  readonly onSent: (items: readonly SendableItem[]) => void;
  /** Superseded items have left the queue. */
  readonly onMerged: (items: readonly SendableItem[]) => void;
  readonly onFailed: (error: unknown) => void;
  /** Takes an item that the bus can never take. Rejects when it can't be kept anywhere else. */
  readonly setAside: (item: SendableItem) => Promise<void>;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  readonly random: () => number;
}

/**
 * Sends the messages of some lanes in order: one send is in flight at a time, and what comes meanwhile forms the next.
 * A send that fails is repeated from its first message on until it succeeds, with growing random delays.
 */
export class LanePipeline {
  readonly #options: LanePipelineOptions;
  #queue: SendableItem[] = [];
  /** Items before it are done. */
  #head = 0;
  /** Messages that one send may have: halved while the bus finds sends too large. */
  #limit: number;
  #sendStartedMs: number | undefined;
  #retryTimer: NodeJS.Timeout | undefined;
  #failures = 0;
  /** So many items, from the first on, have waited long enough. */
  #due = 0;
  #isHasty = false;
  #isStopped = false;

  constructor(options: LanePipelineOptions) {
    this.#options = options;
    this.#limit = options.maxBatch;
  }

  get length(): number {
    return this.#queue.length - this.#head;
  }

  /** Since when the send in flight waits for its answer, if there is one. */
  get sendStartedMs(): number | undefined {
    return this.#sendStartedMs;
  }

  /** The item that has waited longest. */
  get first(): SendableItem | undefined {
    return this.#queue[this.#head];
  }

  /** The items that are not done, in order. */
  items(): readonly SendableItem[] {
    return this.#queue.slice(this.#head);
  }

  /** Sends at once when a batch is full, else `flush` does. */
  add(item: SendableItem): void {
    this.#queue.push(item);
    this.#goOn();
  }

  /** Sends what waits, as soon as the send in flight is answered. */
  flush(): void {
    this.#due = this.length;
    this.#goOn();
  }

  /** From now on nothing waits for company, and a failed send is repeated at once. */
  hurry(): void {
    this.#isHasty = true;
    this.#failures = 0;
    this.#endDelay();
    this.#sendIfIdle();
  }

  /** Begins no further send. */
  stop(): void {
    this.#isStopped = true;
    this.#endDelay();
  }

  #endDelay(): void {
    clearTimeout(this.#retryTimer);
    this.#retryTimer = undefined;
  }

  #goOn(): void {
    if (this.#due > 0 || this.#isHasty || this.length >= this.#options.maxBatch) this.#sendIfIdle();
  }

  #sendIfIdle(): void {
    if (this.#sendStartedMs !== undefined || this.#retryTimer !== undefined || this.#isStopped) return;
    const { batch, superseded } = this.#nextBatch();
    if (batch.length > 0) void this.#send(batch);
    if (superseded.length > 0) this.#options.onMerged(superseded);
  }

  async #send(batch: SendableItem[]): Promise<void> {
    this.#sendStartedMs = this.#options.clock();
    try {
      await this.#options.send(batch.map(({ message }) => message));
    } catch (error) {
      this.#sendStartedMs = undefined;
      await this.#recover(batch, error);
      return;
    }
    this.#sendStartedMs = undefined;
    this.#failures = 0;
    this.#limit = this.#options.maxBatch;
    this.#remove(batch);
    this.#options.onSent(batch);
    this.#goOn();
  }

  async #recover(batch: readonly SendableItem[], error: unknown): Promise<void> {
    const [first] = batch;
    if (!isMessageTooLarge(error) || first === undefined) {
      this.#options.onFailed(error);
      this.#sendLater();
    } else if (batch.length > 1) {
      this.#limit = Math.ceil(batch.length / 2);
      this.#sendIfIdle();
    } else {
      await this.#setAside(first);
    }
  }

  async #setAside(item: SendableItem): Promise<void> {
    this.#sendStartedMs = this.#options.clock();
    try {
      await this.#options.setAside(item);
      this.#remove([item]);
    } catch (error) {
      this.#options.onFailed(error);
      this.#sendLater();
    } finally {
      this.#sendStartedMs = undefined;
    }
    this.#limit = this.#options.maxBatch;
    this.#goOn();
  }

  #sendLater(): void {
    if (this.#isStopped) return;
    const ceilingMs = Math.min(RETRY_MAX_MS, RETRY_FIRST_MS * 2 ** this.#failures);
    this.#failures += 1;
    const delayMs = ceilingMs * (0.5 + this.#options.random() / 2);
    this.#retryTimer = setTimeout(() => {
      this.#retryTimer = undefined;
      this.#sendIfIdle();
    }, delayMs);
  }

  /** The items of the next send, which stay in the queue. Superseded ones before and between them leave it. */
  #nextBatch(): { readonly batch: SendableItem[]; readonly superseded: SendableItem[] } {
    const batch: SendableItem[] = [];
    const superseded: SendableItem[] = [];
    let bytes = 0;
    let index = this.#head;
    for (; index < this.#queue.length && batch.length < this.#limit; index += 1) {
      const item = this.#queue[index];
      if (item === undefined) break;
      if (this.#options.isSuperseded(item)) {
        superseded.push(item);
        continue;
      }
      const size = itemBytes(item);
      if (batch.length > 0 && bytes + size > MAX_BATCH_BYTES) break;
      bytes += size;
      batch.push(item);
    }
    if (superseded.length > 0) this.#queue.splice(this.#head, index - this.#head, ...batch);
    return { batch, superseded };
  }

  /** Takes the batch in front of the queue out of it. */
  #remove(batch: readonly SendableItem[]): void {
    this.#head += batch.length;
    this.#due = Math.max(0, this.#due - batch.length);
    if (this.#head === this.#queue.length || this.#head > 1_024) {
      this.#queue = this.#queue.slice(this.#head);
      this.#head = 0;
    }
  }
}
