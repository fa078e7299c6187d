import type { OutgoingMessage } from '../../bus/bus.ts';
import { toEventMessage } from '../../bus/event-message.ts';
import { laneOf } from '../../bus/lane.ts';
import { type CloudEvent, cloudEventSchema } from '../../events/cloud-event.ts';
import * as z from '../../zod.ts';
import { fileErrorCode } from './file-error.ts';
import { LanePipeline } from './lane-pipeline.ts';
import type { Outbox, OutboxEntry, OutboxOptions, OutboxStatus } from './outbox.ts';
import { itemBytes, type OutboxItem, type SendableItem } from './outbox-item.ts';
import { setEventAside } from './set-aside.ts';
import { Spool } from './spool.ts';
import type { SpoolFolder } from './spool-folder.ts';

/** Lanes are spread over so many pipelines: more in flight where the bus is far away, smaller batches. */
const PIPELINES = 2;

/** What a replay holds in memory: enough to keep the pipelines busy. */
const REPLAY_WINDOW_BYTES = 4 * 1024 * 1024;

/** How often the outbox looks whether the bus hangs, and remembers how far a replay is. */
const TICK_MS = 500;

/** More than there are calls and queues at a time. */
const MAX_KNOWN_LANES = 5_000;

/** A send without an answer for so long means that the bus is away, well before the send gives up. */
const HANGING_MS = 1_000;

/** Events may be so long in memory only: then they go to the spool, even if the bus answers, because it is too slow. */
const MEMORY_ONLY_MS = 1_000;

/** The bus keeps up again, with enough to spare that the next moment is no different. */
const CAUGHT_UP_MS = MEMORY_ONLY_MS / 2;

/** The outbox over pipelines to the bus and a spool: decides which way each event takes. */
export class BusOutbox implements Outbox {
  readonly #options: OutboxOptions;
  readonly #folder: SpoolFolder;
  readonly #spool: Spool;
  readonly #pipelines: readonly LanePipeline[];
  /** Of the subjects of late: a call has many events. */
  readonly #lanes = new Map<string, string>();
  readonly #maxWaitMs: number;
  readonly #windowBytes: number;
  #flushTimer: NodeJS.Timeout | undefined;
  /** When the first event was put that the timer waits for. */
  #batchMs = 0;
  readonly #ticker: NodeJS.Timeout;
  /** While true, new events go behind the spool. */
  #isSpooling: boolean;
  #isLoading = false;
  #phase: 'open' | 'closing' | 'closed' = 'open';
  #closing: Promise<void> | undefined;
  #onEmpty: () => void = () => undefined;
  /** Events that are not settled, wherever they are. */
  #unsent: number;
  /** Bytes of the events in pipelines. */
  #pipelineBytes = 0;
  /** Events from the spool that can't be sent and are not set aside yet. */
  readonly #unreadable = new Set<OutboxItem>();
  #isSettingAside = false;
  #sent = 0;
  #merged = 0;
  #discarded = 0;
  #setAside = 0;
  #damaged: number;
  #lastSendError: string | undefined;
  #isBusReachable = true;

  static async open(options: OutboxOptions, folder: SpoolFolder): Promise<BusOutbox> {
    let outbox: BusOutbox | undefined;
    let damaged = 0;
    const spool = await Spool.open({
      ...folder,
      maxBytes: options.spoolMaxBytes,
      log: options.log,
      clock: options.clock,
      onProgress: () => {
        if (outbox !== undefined) void outbox.#load();
      },
      onDamaged: (count) => {
        if (outbox === undefined) damaged += count;
        else outbox.#noteDamage(count);
      },
    });
    if (spool.stored > 0) options.log.info('events of an earlier process are sent first', { events: spool.stored });
    outbox = new BusOutbox(options, folder, spool, damaged);
    void outbox.#load();
    return outbox;
  }

  private constructor(options: OutboxOptions, folder: SpoolFolder, spool: Spool, damaged: number) {
    this.#options = options;
    this.#folder = folder;
    this.#spool = spool;
    this.#unsent = spool.stored;
    this.#isSpooling = this.#unsent > 0;
    this.#damaged = damaged;
    this.#maxWaitMs = options.maxWaitMs ?? 10;
    this.#windowBytes = Math.min(options.bufferMaxBytes, REPLAY_WINDOW_BYTES);
    this.#pipelines = Array.from({ length: PIPELINES }, () => this.#createPipeline());
    this.#ticker = setInterval(() => this.#tick(), TICK_MS);
    this.#ticker.unref();
  }

  put({ event, mergeKey }: OutboxEntry): void {
    try {
      if (this.#phase === 'closed') throw new Error('the outbox is closed');
      const body = Buffer.from(JSON.stringify(event));
      // One look at the clock for each batch.
      if (this.#flushTimer === undefined) this.#batchMs = this.#options.clock();
      if (this.#isSpooling) this.#appendNew(body, mergeKey);
      else this.#enqueueNew(event, body, mergeKey);
    } catch (error) {
      this.#discarded += 1;
      this.#options.log.error('an event could not be kept', { error: nameOf(error) });
    }
  }

  status(): OutboxStatus {
    const spooled = this.#spool.stored;
    return {
      buffered: this.#unsent - spooled,
      bufferedBytes: this.#pipelineBytes + this.#spool.queuedBytes,
      spooled,
      spoolBytes: this.#spool.bytes,
      isSpoolFull: this.#spool.isFull,
      sent: this.#sent,
      merged: this.#merged,
      discarded: this.#discarded,
      setAside: this.#setAside,
      damaged: this.#damaged,
      lastSendError: this.#lastSendError,
      isBusReachable: this.#isBusReachable && !this.#isHanging(),
    };
  }

  unconfirmedSinceMs(): number | undefined {
    return earliest([this.#spool.unsettledSinceMs, this.#inPipelinesSinceMs()]);
  }

  unsavedSinceMs(): number | undefined {
    return this.#isSpooling ? this.#spool.unwrittenSinceMs : this.#inPipelinesSinceMs();
  }

  close(deadlineMs: number): Promise<void> {
    this.#closing ??= this.#close(deadlineMs);
    return this.#closing;
  }

  async #close(deadlineMs: number): Promise<void> {
    this.#phase = 'closing';
    clearTimeout(this.#flushTimer);
    for (const pipeline of this.#pipelines) pipeline.hurry();
    await this.#emptyBy(deadlineMs);
    this.#phase = 'closed';
    clearInterval(this.#ticker);
    for (const pipeline of this.#pipelines) pipeline.stop();
    this.#startSpooling();
    const unwritten = await this.#spool.close();
    if (unwritten > 0) {
      this.#discarded += unwritten;
      this.#options.log.error('events are lost: neither the bus nor the disk took them', { events: unwritten });
    }
    await this.#folder.release();
  }

  #emptyBy(deadlineMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, Math.max(0, deadlineMs - this.#options.clock()));
      this.#onEmpty = () => {
        clearTimeout(timer);
        resolve();
      };
      if (this.#unsent === 0) this.#onEmpty();
    });
  }

  #createPipeline(): LanePipeline {
    const { bus, topic, maxBatch = 100, clock, random } = this.#options;
    return new LanePipeline({
      maxBatch,
      clock,
      random,
      send: (messages) => bus.send(topic, messages),
      isSuperseded: (item) => this.#spool.isSuperseded(item),
      onSent: (items) => this.#noteSent(items),
      onMerged: (items) => {
        this.#merged += items.length;
        this.#settle(items);
      },
      onFailed: (error) => this.#noteFailure(error),
      setAside: (item) => this.#setItemAside(item, 'it is too large for the bus'),
    });
  }

  #messageOf(event: CloudEvent, body: Buffer): OutgoingMessage {
    return toEventMessage(event, this.#laneOf(event.subject), body);
  }

  #laneOf(subject: string): string {
    const known = this.#lanes.get(subject);
    if (known !== undefined) return known;
    const lane = laneOf(subject, this.#options.lanes);
    if (this.#lanes.size === MAX_KNOWN_LANES) this.#lanes.clear();
    this.#lanes.set(subject, lane);
    return lane;
  }

  #newItem(body: Buffer, mergeKey: string | undefined) {
    return { body, mergeKey, putMs: this.#batchMs, state: 'memory', place: undefined, isSettled: false } as const;
  }

  #appendNew(body: Buffer, mergeKey: string | undefined): void {
    this.#unsent += 1;
    this.#append({ ...this.#newItem(body, mergeKey), isInPipeline: false });
  }

  #enqueueNew(event: CloudEvent, body: Buffer, mergeKey: string | undefined): void {
    const message = this.#messageOf(event, body);
    this.#unsent += 1;
    this.#enqueue({ ...this.#newItem(body, mergeKey), message, isInPipeline: true });
    if (this.#pipelineBytes > this.#options.bufferMaxBytes) this.#startSpooling();
  }

  #enqueue(item: SendableItem): void {
    this.#pipelineBytes += itemBytes(item);
    this.#pipelines[pipelineOf(item.message.sessionId ?? '')]?.add(item);
    if (this.#phase !== 'open') return;
    this.#flushTimer ??= setTimeout(() => {
      this.#flushTimer = undefined;
      this.#spoolIfSlow();
      for (const pipeline of this.#pipelines) pipeline.flush();
    }, this.#maxWaitMs);
  }

  #append(item: OutboxItem): void {
    if (this.#spool.append(item) === undefined) return;
    this.#merged += 1;
    this.#unsent -= 1;
  }

  /** All that is unsent and not on disk goes there, and what comes later behind it. */
  #startSpooling(): void {
    if (this.#isSpooling) return;
    this.#isSpooling = true;
    for (const item of [...this.#pipelines.flatMap((pipeline) => pipeline.items()), ...this.#unreadable]) {
      if (item.state === 'memory' && !item.isSettled) this.#append(item);
    }
  }

  /** Reads from the spool what fits into memory, and ends the spooling when nothing is left to read. */
  async #load(): Promise<void> {
    if (this.#isLoading) return;
    this.#isLoading = true;
    try {
      while (this.#isSpooling && this.#phase !== 'closed' && this.#pipelineBytes < this.#windowBytes) {
        if (this.#spool.unread > 0) {
          this.#enqueueStored(await this.#spool.read());
        } else {
          if (this.#isBusReachable && !this.#isWaitingFor(CAUGHT_UP_MS)) {
            this.#isSpooling = false;
            this.#enqueueStored(this.#spool.takeUnwritten());
          }
          break;
        }
      }
    } catch (error) {
      this.#options.log.error('the spool can not be read; it is tried again', { code: fileErrorCode(error) });
    } finally {
      this.#isLoading = false;
    }
  }

  #enqueueStored(items: readonly OutboxItem[]): void {
    for (const item of items) {
      const event = parseEvent(item.body);
      if (event !== undefined) {
        this.#enqueue(Object.assign(item, { message: this.#messageOf(event, item.body) }));
        continue;
      }
      this.#pipelineBytes += itemBytes(item);
      this.#unreadable.add(item);
    }
    void this.#setUnreadableAside();
  }

  async #setUnreadableAside(): Promise<void> {
    if (this.#isSettingAside) return;
    this.#isSettingAside = true;
    try {
      for (const item of this.#unreadable) {
        await this.#setItemAside(item, 'it is not a CloudEvent');
        this.#unreadable.delete(item);
      }
    } catch (error) {
      this.#options.log.error('an event can not be set aside; it is tried again', { code: fileErrorCode(error) });
    }
    this.#isSettingAside = false;
  }

  async #setItemAside(item: OutboxItem, reason: string): Promise<void> {
    const file = await setEventAside(this.#folder.setAside, item.body);
    this.#setAside += 1;
    this.#options.log.error(`an event was set aside: ${reason}`, { file, bytes: item.body.length });
    this.#settle([item]);
  }

  #noteSent(items: readonly SendableItem[]): void {
    this.#sent += items.length;
    if (!this.#isBusReachable) {
      this.#isBusReachable = true;
      this.#options.log.info('the bus takes events again');
    }
    this.#settle(items);
  }

  #noteFailure(error: unknown): void {
    this.#lastSendError = nameOf(error);
    if (this.#isBusReachable) {
      this.#isBusReachable = false;
      this.#options.log.error('the bus does not take events: they are spooled', { error: this.#lastSendError });
    }
    this.#startSpooling();
  }

  #noteDamage(count: number): void {
    this.#damaged += count;
    this.#unsent -= count;
    this.#endIfEmpty();
  }

  #settle(items: readonly OutboxItem[]): void {
    for (const item of items) {
      item.isSettled = true;
      this.#spool.settle(item);
      this.#pipelineBytes -= itemBytes(item);
    }
    this.#unsent -= items.length;
    this.#endIfEmpty();
    if (this.#isSpooling) void this.#load();
  }

  #endIfEmpty(): void {
    if (this.#unsent === 0 && this.#phase === 'closing') this.#onEmpty();
  }

  #tick(): void {
    this.#spoolIfSlow();
    void this.#load();
    void this.#setUnreadableAside();
    void this.#spool.saveProgress();
  }

  /** A send that hangs is the slowest there is. */
  #spoolIfSlow(): void {
    if (!this.#isSpooling && this.#isWaitingFor(MEMORY_ONLY_MS)) this.#startSpooling();
  }

  /** Whether an event in a pipeline was put so long ago, or longer. */
  #isWaitingFor(ms: number): boolean {
    return (this.#inPipelinesSinceMs() ?? Number.POSITIVE_INFINITY) <= this.#options.clock() - ms;
  }

  #inPipelinesSinceMs(): number | undefined {
    return earliest(this.#pipelines.map(({ first }) => first?.putMs));
  }

  #isHanging(): boolean {
    const sinceMs = this.#options.clock() - HANGING_MS;
    return this.#pipelines.some(({ sendStartedMs }) => sendStartedMs !== undefined && sendStartedMs <= sinceMs);
  }
}

function earliest(times: readonly (number | undefined)[]): number | undefined {
  const known = times.filter((timeMs) => timeMs !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}

function parseEvent(body: Buffer): CloudEvent | undefined {
  try {
    const parsed = z.safeParse(cloudEventSchema, JSON.parse(body.toString()));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

/** FNV-1a: lanes are few and their names differ in the last characters. */
function pipelineOf(lane: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < lane.length; index += 1) hash = Math.imul(hash ^ lane.charCodeAt(index), 0x01000193);
  return (hash >>> 16) % PIPELINES;
}

/** An error as far as it may be logged, with the code of what caused it. */
function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  const code = error.cause instanceof Error && 'code' in error.cause ? ` (${String(error.cause.code)})` : '';
  return error.message + code;
}
