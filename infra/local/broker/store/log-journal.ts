import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { type FileHandle, mkdir, open, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { syncFolder } from '../../../../shared/sync-folder.ts';
import type { Journal, JournalRecord } from './journal.ts';
import { decodeFrame, encodeFrame, MAGIC } from './log-frames.ts';

const FILE_NAME = 'messages.log';
const READ_BYTES = 4 * 1024 * 1024;
const SNAPSHOT_RECORDS_PER_FRAME = 64;
const SNAPSHOT_WRITE_BYTES = 1024 * 1024;
/** Below this a log is not worth rewriting while the broker runs. */
const COMPACT_MIN_BYTES = 16 * 1024 * 1024;

export interface LogJournalOptions {
  readonly dir: string;
  /** Everything to remember, as records, at the time of the call. */
  readonly snapshot: () => Iterable<JournalRecord>;
  /** About how long the snapshot would be, in bytes. */
  readonly snapshotBytes: () => number;
  readonly warn: (message: string) => void;
  /** The disk failed: nothing is safe any more, and nothing will be. */
  readonly failed: (error: Error) => void;
  /** A log of this size whose greater half is dead is rewritten. */
  readonly compactMinBytes?: number;
}

/**
 * A journal in one append-only file. All that is appended in one turn of the event loop is written and synced together;
 * what is appended meanwhile forms the next group.
 */
export class LogJournal implements Journal {
  readonly #options: LogJournalOptions;
  readonly #path: string;
  #file: FileHandle | undefined;
  #fileBytes = 0;
  #frames: Buffer[] = [];
  #appended = 0;
  #safe = 0;
  #waiting: { readonly mark: number; readonly callback: () => void }[] = [];
  #running: Promise<void> | undefined;
  #failed = false;

  constructor(options: LogJournalOptions) {
    this.#options = options;
    this.#path = join(options.dir, FILE_NAME);
  }

  /** Reads the log back, in order. Appending is possible after `open`. */
  async replay(apply: (record: JournalRecord) => void): Promise<void> {
    await mkdir(this.#options.dir, { recursive: true });
    let offset = 0;
    let pending: Buffer = Buffer.alloc(0);
    for await (const chunk of await this.#read()) {
      pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
      let position = 0;
      if (offset === 0 && pending.length >= MAGIC.length) position = this.#checkMagic(pending);
      for (let frame = decodeFrame(pending, position); frame !== undefined; frame = decodeFrame(pending, position)) {
        for (const record of frame.records) apply(record);
        position = frame.end;
      }
      offset += position;
      pending = pending.subarray(position);
    }
    if (pending.length > 0) await this.#setAside(pending, offset);
  }

  /** Writes a fresh log from the snapshot and goes on behind it. */
  async open(): Promise<void> {
    await this.#rewrite();
  }

  append(records: readonly JournalRecord[]): void {
    if (this.#failed) return;
    this.#frames.push(encodeFrame(records));
    this.#appended += 1;
    this.#running ??= this.#writeGroups();
  }

  whenSafe(callback: () => void): void {
    if (this.#failed) return;
    if (this.#safe === this.#appended && this.#waiting.length === 0) callback();
    else this.#waiting.push({ mark: this.#appended, callback });
  }

  /** Writes what is left. Nothing may be appended afterwards. */
  async close(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
    await this.#file?.close();
    this.#file = undefined;
  }

  async #writeGroups(): Promise<void> {
    // Whatever else this turn appends belongs to the same group.
    await new Promise(setImmediate);
    while (this.#frames.length > 0 && !this.#failed) {
      const group = Buffer.concat(this.#frames);
      const mark = this.#appended;
      this.#frames = [];
      if (!(await this.#orFail(() => this.#write(group)))) break;
      this.#settle(mark);
      if (this.#isMostlyDead()) await this.#orFail(() => this.#rewrite());
    }
    this.#running = undefined;
  }

  async #write(group: Buffer): Promise<void> {
    if (this.#file === undefined) throw new Error('the log is not open');
    await this.#file.appendFile(group);
    await this.#file.datasync();
    this.#fileBytes += group.length;
  }

  /** False when the disk failed. From then on nothing is called safe any more. */
  async #orFail(work: () => Promise<void>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (cause) {
      this.#failed = true;
      this.#options.failed(new Error(`the message log ${this.#path} cannot be written: ${String(cause)}`, { cause }));
      return false;
    }
  }

  #settle(mark: number): void {
    this.#safe = mark;
    let called = 0;
    // Whoever begins to wait during a callback comes behind those who wait already.
    for (const { mark: needed, callback } of this.#waiting) {
      if (needed > mark) break;
      callback();
      called += 1;
    }
    this.#waiting.splice(0, called);
  }

  #isMostlyDead(): boolean {
    if (this.#fileBytes < (this.#options.compactMinBytes ?? COMPACT_MIN_BYTES)) return false;
    return this.#options.snapshotBytes() * 2 < this.#fileBytes;
  }

  /**
   * Replaces the log by a snapshot. The snapshot may already hold what still waits to be appended:
   * records set values, so having them twice does no harm.
   */
  async #rewrite(): Promise<void> {
    const records = [...this.#options.snapshot()];
    const draft = `${this.#path}.new`;
    const file = await open(draft, 'w');
    let bytes = 0;
    let chunk: Buffer[] = [MAGIC];
    const flush = async () => {
      const group = Buffer.concat(chunk);
      chunk = [];
      bytes += group.length;
      await file.appendFile(group);
    };
    for (let index = 0; index < records.length; index += SNAPSHOT_RECORDS_PER_FRAME) {
      chunk.push(encodeFrame(records.slice(index, index + SNAPSHOT_RECORDS_PER_FRAME)));
      if (chunk.reduce((sum, { length }) => sum + length, 0) >= SNAPSHOT_WRITE_BYTES) await flush();
    }
    await flush();
    await file.sync();
    // Windows may refuse to replace a file that is open.
    await this.#file?.close();
    this.#file = file;
    await rename(draft, this.#path);
    await syncFolder(dirname(this.#path));
    this.#fileBytes = bytes;
  }

  async #read(): Promise<AsyncIterable<Buffer>> {
    const stream = createReadStream(this.#path, { highWaterMark: READ_BYTES });
    try {
      await once(stream, 'open');
      return stream;
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return Readable.from([]);
      throw error;
    }
  }

  #checkMagic(bytes: Buffer): number {
    if (bytes.subarray(0, MAGIC.length).equals(MAGIC)) return MAGIC.length;
    throw new Error(`${this.#path} is not a message log of this broker: move it away or choose another data folder.`);
  }

  /** A write that was cut short was never confirmed to anybody; its bytes are kept aside all the same. */
  async #setAside(tail: Buffer, offset: number): Promise<void> {
    const aside = `${this.#path}.cut-at-${offset}`;
    await writeFile(aside, tail);
    this.#options.warn(
      `the message log ends in the middle of a write: ${tail.length} bytes behind byte ${offset} are left out and kept in ${aside}`,
    );
  }
}
