import type { Consumer } from './consumer.ts';
import type { QueuedMessage } from './message.ts';
import { OrderedHeap } from './ordered-heap.ts';

/** Gives the messages of a queue without sessions, lowest number first, to its consumers in turn. */
export class PlainDispatch {
  readonly #ready = new OrderedHeap<QueuedMessage>();
  /** Consumers that had room when last looked at; the next one to serve comes first. */
  readonly #hungry = new Set<Consumer>();
  readonly #handOut: (message: QueuedMessage, consumer: Consumer) => void;

  constructor(handOut: (message: QueuedMessage, consumer: Consumer) => void) {
    this.#handOut = handOut;
  }

  ready(message: QueuedMessage): void {
    message.readyEntry = this.#ready.add(message.sequence, message);
    this.#pump();
  }

  withdraw(message: QueuedMessage): void {
    if (message.readyEntry !== undefined) this.#ready.remove(message.readyEntry);
    message.readyEntry = undefined;
  }

  /** The consumer is new or has room again. */
  wake(consumer: Consumer): void {
    this.#hungry.add(consumer);
    this.#pump();
  }

  /** Gives the consumer nothing more. */
  leave(consumer: Consumer): void {
    this.#hungry.delete(consumer);
  }

  #pump(): void {
    for (let entry = this.#ready.first; entry !== undefined; entry = this.#ready.first) {
      const consumer = this.#nextWithRoom();
      if (consumer === undefined) return;
      this.withdraw(entry.value);
      this.#handOut(entry.value, consumer);
    }
  }

  #nextWithRoom(): Consumer | undefined {
    for (const consumer of this.#hungry) {
      this.#hungry.delete(consumer);
      if (consumer.capacity() <= 0) continue;
      this.#hungry.add(consumer);
      return consumer;
    }
    return undefined;
  }
}
