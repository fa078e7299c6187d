import { type HeapEntry, OrderedHeap } from './ordered-heap.ts';

export type Deadline = HeapEntry<() => void>;

/** Everything that happens by itself at a time: expiring locks and messages, scheduled messages, waiting clients. */
export class Deadlines {
  readonly #heap = new OrderedHeap<() => void>();
  readonly #earlier: (atMs: number) => void;

  /** `earlier` is told whenever something is due sooner than all before it. */
  constructor(earlier: (atMs: number) => void = () => undefined) {
    this.#earlier = earlier;
  }

  get nextMs(): number | undefined {
    return this.#heap.first?.key;
  }

  at(atMs: number, run: () => void): Deadline {
    const deadline = this.#heap.add(atMs, run);
    if (this.#heap.first === deadline) this.#earlier(atMs);
    return deadline;
  }

  cancel(deadline: Deadline | undefined): void {
    if (deadline !== undefined) this.#heap.remove(deadline);
  }

  /** Runs all that is due, in order of time. */
  runUntil(nowMs: number): void {
    for (let first = this.#heap.first; first !== undefined && first.key <= nowMs; first = this.#heap.first) {
      this.#heap.remove(first);
      first.value();
    }
  }
}
