/** One value in a heap: hand it back to remove or move the value. */
export interface HeapEntry<T> {
  readonly value: T;
  key: number;
  /** Its place in the heap; -1 once it has left. */
  index: number;
}

/** A binary heap, smallest key first, from which any entry can be taken: O(log n) each. */
export class OrderedHeap<T> {
  readonly #entries: HeapEntry<T>[] = [];

  get size(): number {
    return this.#entries.length;
  }

  /** The entry with the smallest key. */
  get first(): HeapEntry<T> | undefined {
    return this.#entries[0];
  }

  add(key: number, value: T): HeapEntry<T> {
    const entry: HeapEntry<T> = { key, value, index: this.#entries.length };
    this.#entries.push(entry);
    this.#rise(entry);
    return entry;
  }

  /** Takes the entry out; does nothing when it has left already. */
  remove(entry: HeapEntry<T>): void {
    if (this.#entries[entry.index] !== entry) return;
    const last = this.#entries.pop();
    if (last !== undefined && last !== entry) {
      this.#place(last, entry.index);
      this.#rise(last);
      this.#sink(last);
    }
    entry.index = -1;
  }

  #rise(entry: HeapEntry<T>): void {
    while (entry.index > 0) {
      const parentIndex = (entry.index - 1) >>> 1;
      const parent = this.#entries[parentIndex];
      if (parent === undefined || parent.key <= entry.key) return;
      this.#place(parent, entry.index);
      this.#place(entry, parentIndex);
    }
  }

  #sink(entry: HeapEntry<T>): void {
    for (;;) {
      const left = this.#entries[2 * entry.index + 1];
      const right = this.#entries[2 * entry.index + 2];
      const child = right !== undefined && left !== undefined && right.key < left.key ? right : left;
      if (child === undefined || child.key >= entry.key) return;
      const childIndex = child.index;
      this.#place(child, entry.index);
      this.#place(entry, childIndex);
    }
  }

  #place(entry: HeapEntry<T>, index: number): void {
    this.#entries[index] = entry;
    entry.index = index;
  }
}
