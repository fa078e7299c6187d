import { basename, dirname, join } from 'node:path';
import type { Log } from '../../log.ts';
import { fileErrorCode, hasFileErrorCode } from './file-error.ts';
import { itemBytes, type OutboxItem } from './outbox-item.ts';
import { encodeFrame } from './spool-frames.ts';
import { SpoolQueue } from './spool-queue.ts';
import { SEGMENT_SUFFIX, type SegmentScan, SpoolSegment } from './spool-segment.ts';

/** A segment that has grown to this is closed; it is also what is read back at once. */
const SEGMENT_BYTES = 2 * 1024 * 1024;

/** After a failed write the disk is left alone for so long. */
const WRITE_RETRY_MS = 1_000;

/** Keys of snapshots that are remembered; beyond them snapshots are not merged. */
const MAX_MERGE_KEYS = 50_000;

/** Positions count segments, and ordinals within them. */
const ORDINALS = 2 ** 24;

export interface SpoolOptions {
  /** Where new segments are written. */
  readonly path: string;
  /** Segments of earlier processes, oldest first. */
  readonly orphans: readonly string[];
  /** Where damaged segments are kept. */
  readonly setAside: string;
  /** The segments' size together. */
  readonly maxBytes: number;
  readonly log: Log;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** More can be read, or taken. */
  readonly onProgress: () => void;
  /** So many events were found destroyed. */
  readonly onDamaged: (count: number) => void;
}

/**
 * Events on disk, in order: written at the tail, read at the head, settled in any order. Whatever is appended while a
 * group is being synced forms the next group. A segment is removed when all its events are settled.
 *
 * When the disk is full, or `maxBytes` are reached, appended events stay in memory, in order, until there is room.
 */
export class Spool {
  readonly #options: SpoolOptions;
  readonly #segments = new Map<number, SpoolSegment>();
  #active: SpoolSegment | undefined;
  #nextIndex = 0;
  readonly #queue = new SpoolQueue();
  #group: readonly OutboxItem[] = [];
  #running: Promise<void> | undefined;
  #retryTimer: NodeJS.Timeout | undefined;
  /** Closing and removing files, and saving progress, one after the other. */
  #housekeeping: Promise<void> = Promise.resolve();
  #bytes = 0;
  #writeFailure: string | undefined;
  #isAtLimit = false;
  #isClosing = false;
  /** The position of the newest stored snapshot of each key. */
  readonly #newest = new Map<string, number>();

  private constructor(options: SpoolOptions) {
    this.#options = options;
  }

  /** Finds out what earlier processes left. */
  static async open(options: SpoolOptions): Promise<Spool> {
    const spool = new Spool(options);
    for (const path of options.orphans) await spool.#adopt(path);
    return spool;
  }

  /** Events on disk that are not settled. */
  get stored(): number {
    let stored = 0;
    for (const { unsettled } of this.#segments.values()) stored += unsettled;
    return stored;
  }

  /** Bytes on disk. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Bytes of events that are in memory only to be written. */
  get queuedBytes(): number {
    let bytes = this.#queue.bytes;
    for (const item of this.#group) if (!item.isInPipeline) bytes += itemBytes(item);
    return bytes;
  }

  /** Whether events stay in memory because the spool has no room, or can't be written. */
  get isFull(): boolean {
    return this.#isAtLimit || this.#writeFailure !== undefined;
  }

  /** Events on disk that are in no pipeline. */
  get unread(): number {
    let unread = 0;
    for (const segment of this.#segments.values()) unread += segment.unread;
    return unread;
  }

  /** {@link OutboxItem.putMs} of the oldest event that is not settled, on disk or not; undefined when there is none. */
  get unsettledSinceMs(): number | undefined {
    for (const { unsettledSinceMs } of this.#segments.values()) {
      if (unsettledSinceMs !== undefined) return unsettledSinceMs;
    }
    return this.unwrittenSinceMs;
  }

  /** {@link OutboxItem.putMs} of the oldest event that is not settled and not on disk; undefined when there is none. */
  get unwrittenSinceMs(): number | undefined {
    let sinceMs: number | undefined;
    // When spooling begins, several pipelines give what they have, one after the other.
    for (const { putMs, isSettled } of [...this.#group, ...this.#queue.unsettled]) {
      if (!isSettled && (sinceMs === undefined || putMs < sinceMs)) sinceMs = putMs;
    }
    return sinceMs;
  }

  /** Takes an event that is nowhere on disk yet. Gives back what it replaces among those that wait to be written. */
  append(item: OutboxItem): OutboxItem | undefined {
    const replaced = this.#queue.push(item);
    if (!this.#isAtLimit) this.#write();
    return replaced;
  }

  /** Whether a newer snapshot of the same key is on disk. */
  isSuperseded({ mergeKey, place }: OutboxItem): boolean {
    if (mergeKey === undefined || place === undefined) return false;
    const newest = this.#newest.get(mergeKey);
    return newest !== undefined && newest > positionOf(place.segment, place.ordinal);
  }

  /** The next events in order, about as many as a segment has. They count as being in a pipeline from now on. */
  async read(): Promise<OutboxItem[]> {
    const segment = [...this.#segments.values()].find(({ unread }) => unread > 0);
    if (segment === undefined) return [];
    const { unread, readCount, bytes } = segment;
    const { frames, damagedBytes } = await this.#readOn(segment);
    const items = frames.slice(0, unread).map((frame, index): OutboxItem => {
      const place = { segment: segment.index, ordinal: readCount + index };
      return {
        mergeKey: frame.mergeKey,
        putMs: segment.putMsOf(place.ordinal),
        body: frame.body,
        state: 'stored',
        place,
        isInPipeline: true,
        isSettled: false,
      };
    });
    segment.readCount += unread;
    segment.readBytes = bytes;
    if (items.length < unread) this.#noteLoss(segment, readCount + items.length, unread - items.length, damagedBytes);
    return items;
  }

  /**
   * All events that are not on disk yet, or just being written, in order. They count as being in a pipeline from now on,
   * and those that are not being written any more stay in memory.
   */
  takeUnwritten(): OutboxItem[] {
    const items = [...this.#group, ...this.#queue.drain()];
    const taken = items.filter(({ isInPipeline, isSettled }) => !isInPipeline && !isSettled);
    for (const item of taken) item.isInPipeline = true;
    this.#noteLimit(false);
    return taken;
  }

  /** To be called once for each event that is settled, with `isSettled` set. */
  settle({ state, place }: OutboxItem): void {
    if (state !== 'stored' || place === undefined) return;
    const segment = this.#segments.get(place.segment);
    if (segment === undefined) return;
    segment.settle(place.ordinal);
    if (segment === this.#active) this.#closeIfSettled();
    else this.#removeIfDone(segment);
  }

  /** Remembers on disk what is settled, so that a crash repeats little. */
  saveProgress(): void {
    this.#afterwards('the progress in the spool can not be kept', async () => {
      for (const segment of this.#segments.values()) await segment.saveProgress();
    });
  }

  /**
   * Writes and syncs what waits, beyond `maxBytes` if need be, and gives the number of events that could not be written.
   * Nothing may be appended afterwards.
   */
  async close(): Promise<number> {
    this.#isClosing = true;
    clearTimeout(this.#retryTimer);
    this.#retryTimer = undefined;
    // A failed write may have been about one file; the next group begins another.
    for (let tries = 0; tries < 2; tries += 1) {
      await this.#running;
      this.#write();
    }
    await this.#running;
    clearTimeout(this.#retryTimer);
    this.#closeActive();
    // Closing a file may lead to its removal.
    await this.#housekeeping;
    this.saveProgress();
    await this.#housekeeping;
    return this.#queue.unsettled.length;
  }

  #write(): void {
    if (this.#retryTimer === undefined) this.#running ??= this.#writeGroups();
  }

  async #writeGroups(): Promise<void> {
    // Whatever else this turn appends belongs to the same group.
    await new Promise(setImmediate);
    let isWritten = true;
    while (isWritten) {
      const room = this.#isClosing ? Number.POSITIVE_INFINITY : this.#options.maxBytes - this.#bytes;
      const { group, isTooFull } = this.#queue.take(room);
      this.#noteLimit(isTooFull);
      // Nothing suffers any more from what failed before.
      if (group.length === 0 && !isTooFull) this.#writeFailure = undefined;
      if (group.length === 0) break;
      isWritten = await this.#writeGroup(group);
    }
    this.#running = undefined;
    if (isWritten) this.#closeIfSettled();
    else if (!this.#isClosing) this.#writeLater();
  }

  #writeLater(): void {
    this.#retryTimer = setTimeout(() => {
      this.#retryTimer = undefined;
      this.#write();
    }, WRITE_RETRY_MS);
  }

  async #writeGroup(group: readonly OutboxItem[]): Promise<boolean> {
    const frames = group.map(encodeFrame);
    for (const item of group) item.state = 'writing';
    this.#group = group;
    const segment = this.#active ?? this.#addSegment(this.#options.path);
    this.#active = segment;
    try {
      await segment.write(Buffer.concat(frames));
    } catch (error) {
      this.#noteWriteFailure(fileErrorCode(error));
      this.#group = [];
      this.#queue.putBack(group);
      this.#closeActive();
      return false;
    }
    this.#noteWriteFailure(undefined);
    this.#group = [];
    group.forEach((item, index) => {
      this.#noteStored(item, segment, frames[index]?.length ?? 0);
    });
    if (segment.bytes >= SEGMENT_BYTES) this.#closeActive();
    this.#options.onProgress();
    return true;
  }

  #noteStored(item: OutboxItem, segment: SpoolSegment, bytes: number): void {
    const ordinal = segment.add(item.putMs, bytes);
    this.#bytes += bytes;
    item.state = 'stored';
    item.place = { segment: segment.index, ordinal };
    // Whatever is before it is in a pipeline, too.
    if (item.isInPipeline) {
      segment.readCount += 1;
      segment.readBytes = segment.bytes;
    }
    if (item.isSettled) segment.settle(ordinal);
    this.#noteNewest(item.mergeKey, segment.index, ordinal);
  }

  #noteNewest(mergeKey: string | undefined, segment: number, ordinal: number): void {
    if (mergeKey === undefined) return;
    if (this.#newest.size >= MAX_MERGE_KEYS && !this.#newest.has(mergeKey)) return;
    this.#newest.set(mergeKey, positionOf(segment, ordinal));
  }

  async #adopt(path: string): Promise<void> {
    const segment = this.#addSegment(dirname(path), basename(path));
    const { frames, gaps, damagedBytes } = await segment.load();
    this.#bytes += segment.bytes;
    frames.forEach(({ mergeKey }, ordinal) => {
      this.#noteNewest(mergeKey, segment.index, ordinal);
    });
    if (gaps > 0) {
      this.#options.onDamaged(gaps);
      this.#options.log.error('a file of the spool is damaged: what can be read is sent, and the file is kept', {
        file: this.#keptAs(segment),
        bytes: damagedBytes,
        events: segment.count,
      });
    }
    this.#removeIfDone(segment);
  }

  #addSegment(folder: string, name?: string): SpoolSegment {
    const index = this.#nextIndex;
    this.#nextIndex += 1;
    const path = join(folder, name ?? String(index).padStart(8, '0') + SEGMENT_SUFFIX);
    const segment = new SpoolSegment(index, path, this.#options.clock());
    this.#segments.set(index, segment);
    return segment;
  }

  /** A file that somebody removed is damage like any other. */
  async #readOn(segment: SpoolSegment): Promise<SegmentScan> {
    try {
      return await segment.readOn();
    } catch (error) {
      if (hasFileErrorCode(error, 'ENOENT')) return { frames: [], gaps: 1, damagedBytes: segment.bytes };
      throw error;
    }
  }

  #noteLoss(segment: SpoolSegment, from: number, count: number, bytes: number): void {
    segment.isDamaged = true;
    this.#options.onDamaged(count);
    const file = this.#keptAs(segment);
    this.#options.log.error('events in the spool are destroyed; their file is kept', { file, bytes, events: count });
    for (let ordinal = from; ordinal < from + count; ordinal += 1) segment.settle(ordinal);
    this.#removeIfDone(segment);
  }

  #closeActive(): void {
    const segment = this.#active;
    this.#active = undefined;
    if (segment === undefined) return;
    this.#afterwards('a file of the spool can not be closed', async () => {
      await segment.closeFile();
      this.#removeIfDone(segment);
    });
  }

  #closeIfSettled(): void {
    if (this.#active?.unsettled === 0 && this.#running === undefined) this.#closeActive();
  }

  #removeIfDone(segment: SpoolSegment): void {
    if (!segment.isDone || !this.#segments.delete(segment.index)) return;
    if (this.#segments.size === 0) this.#newest.clear();
    this.#afterwards('a file of the spool can not be removed', async () => {
      this.#bytes -= segment.bytes;
      await segment.remove(join(this.#options.setAside, this.#keptAs(segment)));
      if (this.#queue.length > 0) this.#write();
    });
  }

  #afterwards(failure: string, work: () => Promise<void>): void {
    this.#housekeeping = this.#housekeeping.then(work).catch((error: unknown) => {
      this.#options.log.warn(failure, { code: fileErrorCode(error) });
    });
  }

  #keptAs({ path }: SpoolSegment): string {
    return `${basename(dirname(path))}-${basename(path)}`;
  }

  #noteLimit(isAtLimit: boolean): void {
    if (isAtLimit === this.#isAtLimit) return;
    this.#isAtLimit = isAtLimit;
    if (isAtLimit) this.#options.log.error('the spool is full: events stay in memory', { bytes: this.#bytes });
    else this.#options.log.info('the spool has room again');
  }

  #noteWriteFailure(code: string | undefined): void {
    if (code === this.#writeFailure) return;
    this.#writeFailure = code;
    if (code !== undefined) this.#options.log.error('the spool can not be written: events stay in memory', { code });
    else this.#options.log.info('the spool can be written again');
  }
}

function positionOf(segment: number, ordinal: number): number {
  return segment * ORDINALS + ordinal;
}
