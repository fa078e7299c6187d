import { type FileHandle, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { syncFolder } from '../../sync-folder.ts';
import { hasFileErrorCode } from './file-error.ts';
import { nextFrame, type StoredFrame } from './spool-frames.ts';

/** Ends the name of a segment; its progress is beside it. */
export const SEGMENT_SUFFIX = '.events';
const PROGRESS_SUFFIX = '.done';

export interface SegmentScan {
  readonly frames: readonly StoredFrame[];
  /** Stretches of bytes that belong to no sound frame: a write that was cut short, or damage. */
  readonly gaps: number;
  readonly damagedBytes: number;
}

/** One file of the spool, and which of its events are done. */
export class SpoolSegment {
  readonly index: number;
  readonly path: string;
  /** Events in it that are safe on disk. */
  count = 0;
  /** Up to there it is safe on disk, in bytes. */
  bytes = 0;
  /** Of its events, in order, so many are in a pipeline or done; they end at `readBytes`. */
  readCount = 0;
  readBytes = 0;
  /** Nothing is written to it any more. */
  isClosed = false;
  /** It is kept when it is done. */
  isDamaged = false;
  /** Of its events, in order, so many are done. */
  #done = 0;
  /** Ordinals beyond `#done` that are done as well. */
  readonly #doneAhead = new Set<number>();
  /** By ordinal, when events were put; of an earlier process's nobody knows. */
  readonly #putTimes: number[] = [];
  readonly #openedMs: number;
  #savedDone = 0;
  #file: FileHandle | undefined;

  /** @param openedMs what counts as the time of events that an earlier process left, in milliseconds since the epoch */
  constructor(index: number, path: string, openedMs: number) {
    this.index = index;
    this.path = path;
    this.#openedMs = openedMs;
  }

  get unread(): number {
    return this.count - this.readCount;
  }

  get isDone(): boolean {
    return this.isClosed && this.#done >= this.count;
  }

  get unsettled(): number {
    return this.count - this.#done - this.#doneAhead.size;
  }

  /** {@link OutboxItem.putMs} of the first event that is not settled; undefined when all are. */
  get unsettledSinceMs(): number | undefined {
    return this.#done < this.count ? this.putMsOf(this.#done) : undefined;
  }

  putMsOf(ordinal: number): number {
    return this.#putTimes[ordinal] ?? this.#openedMs;
  }

  /** Counts an event that is safe on disk now, and gives its ordinal. */
  add(putMs: number, bytes: number): number {
    this.#putTimes.push(putMs);
    this.count += 1;
    this.bytes += bytes;
    return this.count - 1;
  }

  settle(ordinal: number): void {
    if (ordinal !== this.#done) {
      if (ordinal > this.#done) this.#doneAhead.add(ordinal);
      return;
    }
    do this.#done += 1;
    while (this.#doneAhead.delete(this.#done));
  }

  /** Writes behind what is safe, and resolves once that is safe too; then the caller {@link add}s its events. */
  async write(bytes: Buffer): Promise<void> {
    if (this.#file === undefined) {
      this.#file = await open(this.path, 'wx');
      await syncFolder(dirname(this.path));
    }
    for (let offset = 0; offset < bytes.length; ) {
      const { bytesWritten } = await this.#file.write(bytes, offset, bytes.length - offset, this.bytes + offset);
      offset += bytesWritten;
    }
    await this.#file.datasync();
  }

  /** Ends the writing. What a failed write left behind the safe part is cut off where the disk still allows it. */
  async closeFile(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    this.isClosed = true;
    if (file === undefined) return;
    await file.truncate(this.bytes).catch(() => undefined);
    await file.close();
  }

  /** Reads all that an earlier process left, which becomes the safe part, and takes up its progress. */
  async load(): Promise<SegmentScan> {
    const bytes = await readFile(this.path);
    const scan = scanFrames(bytes);
    this.isClosed = true;
    this.bytes = bytes.length;
    this.count = scan.frames.length;
    this.isDamaged = scan.gaps > 0;
    this.#done = Math.min(this.count, await this.#readProgress());
    this.#savedDone = this.#done;
    this.readCount = this.#done;
    this.readBytes = scan.frames[this.#done - 1]?.end ?? 0;
    return scan;
  }

  /** The sound frames between what was read and what is safe. */
  async readOn(): Promise<SegmentScan> {
    const bytes = Buffer.allocUnsafe(this.bytes - this.readBytes);
    const file = await open(this.path, 'r');
    try {
      const { bytesRead } = await file.read(bytes, 0, bytes.length, this.readBytes);
      return scanFrames(bytes.subarray(0, bytesRead));
    } finally {
      await file.close();
    }
  }

  /** Remembers what is done, for the next process. */
  async saveProgress(): Promise<void> {
    const done = this.#done;
    if (done === this.#savedDone) return;
    const path = this.path + PROGRESS_SUFFIX;
    await writeFile(`${path}.new`, String(done), { flush: true });
    await rename(`${path}.new`, path);
    this.#savedDone = done;
  }

  /** Removes the file; a damaged one goes to `keepAt` instead. */
  async remove(keepAt: string): Promise<void> {
    if (this.isDamaged) await rename(this.path, keepAt);
    else await rm(this.path, { force: true });
    for (const suffix of [PROGRESS_SUFFIX, `${PROGRESS_SUFFIX}.new`]) await rm(this.path + suffix, { force: true });
  }

  async #readProgress(): Promise<number> {
    try {
      const done = Number(await readFile(this.path + PROGRESS_SUFFIX, 'utf8'));
      // Beginning anew repeats events; their ids make that harmless.
      return Number.isSafeInteger(done) ? done : 0;
    } catch (error) {
      if (hasFileErrorCode(error, 'ENOENT')) return 0;
      throw error;
    }
  }
}

function scanFrames(bytes: Buffer): SegmentScan {
  const frames: StoredFrame[] = [];
  let end = 0;
  let gaps = 0;
  let damagedBytes = 0;
  const passTo = (start: number) => {
    if (start > end) gaps += 1;
    damagedBytes += start - end;
  };
  for (let frame = nextFrame(bytes, 0); frame !== undefined; frame = nextFrame(bytes, frame.end)) {
    passTo(frame.start);
    frames.push(frame);
    end = frame.end;
  }
  passTo(bytes.length);
  return { frames, gaps, damagedBytes };
}
