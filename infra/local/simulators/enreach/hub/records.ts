/** Ends each record of SignalR's JSON protocol. */
export const recordEnd = '\x1e';

/** One record as the hub writes it. */
export function writeRecord(value: unknown): string {
  return JSON.stringify(value) + recordEnd;
}

/** Puts the records of a client together, of which a frame may carry several, or a part of one. */
export class RecordReader {
  #rest = '';

  /** What has arrived of a record whose end has not. */
  get unfinished(): string {
    return this.#rest;
  }

  /** The records that this text completes, without their ends. */
  push(text: string): string[] {
    const records = (this.#rest + text).split(recordEnd);
    this.#rest = records.pop() ?? '';
    return records;
  }
}
