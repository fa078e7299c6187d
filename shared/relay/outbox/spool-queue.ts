import { itemBytes, type OutboxItem } from './outbox-item.ts';

/** What is written and synced at once, at most. */
const GROUP_BYTES = 256 * 1024;

/** Replaced snapshots are taken out when there are more than so many. */
const COMPACT_FROM = 1_000;

/** Events that wait to be written to the spool, in order. A snapshot replaces an older one that still waits. */
export class SpoolQueue {
  #items: OutboxItem[] = [];
  #replaced = 0;
  readonly #snapshots = new Map<string, OutboxItem>();

  /** Events that wait, settled ones included. */
  get length(): number {
    return this.#items.length;
  }

  /** Events that wait and are not settled. */
  get unsettled(): readonly OutboxItem[] {
    return this.#items.filter(({ isSettled }) => !isSettled);
  }

  /** Bytes of the events that are in memory only because they wait here. */
  get bytes(): number {
    let bytes = 0;
    for (const item of this.#items) if (!item.isInPipeline && !item.isSettled) bytes += itemBytes(item);
    return bytes;
  }

  /** Gives back the snapshot that the event replaces; that one is settled. */
  push(item: OutboxItem): OutboxItem | undefined {
    item.state = 'queued';
    this.#items.push(item);
    if (item.mergeKey === undefined) return undefined;
    const older = this.#snapshots.get(item.mergeKey);
    this.#snapshots.set(item.mergeKey, item);
    // One that a pipeline has may be on its way to the bus.
    if (older === undefined || older.isInPipeline) return undefined;
    older.isSettled = true;
    this.#replaced += 1;
    if (this.#replaced > COMPACT_FROM && this.#replaced * 2 > this.#items.length) {
      this.#items = this.#items.filter(({ isSettled }) => !isSettled);
      this.#replaced = 0;
    }
    return older;
  }

  /** Takes the next events that fit into `roomBytes` and one write. `isTooFull`: there are some, and none fits. */
  take(roomBytes: number): { readonly group: readonly OutboxItem[]; readonly isTooFull: boolean } {
    const group: OutboxItem[] = [];
    let bytes = 0;
    let taken = 0;
    for (const item of this.#items) {
      if (!item.isSettled) {
        bytes += itemBytes(item);
        if (bytes > roomBytes || (bytes > GROUP_BYTES && group.length > 0)) break;
        group.push(item);
        this.#forget(item);
      }
      taken += 1;
    }
    if (taken > 0) this.#items = this.#items.slice(taken);
    this.#replaced = Math.max(0, this.#replaced - (taken - group.length));
    return { group, isTooFull: group.length === 0 && this.#items.length > 0 };
  }

  /** Puts a group that could not be written in front again. */
  putBack(group: readonly OutboxItem[]): void {
    for (const item of group) item.state = 'queued';
    this.#items = [...group, ...this.#items];
  }

  /** Takes out everything: it stays in memory. */
  drain(): readonly OutboxItem[] {
    const items = this.unsettled;
    for (const item of items) item.state = 'memory';
    this.#items = [];
    this.#replaced = 0;
    this.#snapshots.clear();
    return items;
  }

  #forget(item: OutboxItem): void {
    if (item.mergeKey !== undefined && this.#snapshots.get(item.mergeKey) === item) {
      this.#snapshots.delete(item.mergeKey);
    }
  }
}
