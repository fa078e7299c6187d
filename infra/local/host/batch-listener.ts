import type { ServiceBusReceiver } from '@azure/service-bus';
import type { BusHandler } from './bus-handler.ts';
import { receiveBatch } from './receive-batch.ts';
import type { Sleep } from './sleep.ts';

/** What the listener uses of a receiver. */
export type BatchingReceiver = Pick<ServiceBusReceiver, 'receiveMessages' | 'completeMessage' | 'abandonMessage'>;

export interface BatchListenerOptions {
  receiver: BatchingReceiver;
  handle: BusHandler;
  maxBatchSize: number;
  /** How long one request for messages stays open. */
  waitMs: number;
  failed(error: unknown): void;
  recovered(): void;
  sleep: Sleep;
}

const retryMs = 500;

/** Serves a queue or subscription without sessions in batches, one batch at a time. Locks are not renewed. */
export class BatchListener {
  readonly #options: BatchListenerOptions;
  readonly #stopping = new AbortController();
  #loop: Promise<void> = Promise.resolve();

  constructor(options: BatchListenerOptions) {
    this.#options = options;
  }

  start(): void {
    this.#loop = this.#receiveForEver();
  }

  /** Receives nothing more; resolves when the running batch is settled. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#loop;
  }

  async #receiveForEver(): Promise<void> {
    const { receiver, handle, maxBatchSize, waitMs, failed, recovered, sleep } = this.#options;
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      try {
        const messages = await receiveBatch(receiver, maxBatchSize, waitMs, signal);
        recovered();
        if (messages.length > 0) await handle(messages, receiver);
      } catch (error) {
        if (signal.aborted) return;
        failed(error);
        await sleep(retryMs, signal);
      }
    }
  }
}
