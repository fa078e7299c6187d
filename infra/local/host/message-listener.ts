import type { ServiceBusReceiver } from '@azure/service-bus';
import type { BusHandler } from './bus-handler.ts';
import { within } from './within.ts';

/** What the listener uses of a receiver. */
export type StreamingReceiver = Pick<ServiceBusReceiver, 'subscribe' | 'completeMessage' | 'abandonMessage'>;

export interface MessageListenerOptions {
  receiver: StreamingReceiver;
  handle: BusHandler;
  maxConcurrentCalls: number;
  failed(error: unknown): void;
  recovered(): void;
}

/** How long handing back what is on its way may take; a bus that went away never answers. */
const suspendLimitMs = 1000;

/** Serves a queue or subscription without sessions message by message, several at once and in no order. */
export class MessageListener {
  readonly #options: MessageListenerOptions;
  readonly #running = new Set<Promise<void>>();
  #subscription: { close(): Promise<void> } | undefined;

  constructor(options: MessageListenerOptions) {
    this.#options = options;
  }

  start(): void {
    const { receiver, handle, failed, recovered, maxConcurrentCalls } = this.#options;
    this.#subscription = receiver.subscribe(
      {
        processMessage: async (message) => {
          recovered();
          const run = handle([message], receiver);
          this.#running.add(run);
          await run;
          this.#running.delete(run);
        },
        processError: async ({ error }) => failed(error),
      },
      { autoCompleteMessages: false, maxConcurrentCalls },
    );
  }

  /** Receives nothing more; resolves when the running invocations are settled. */
  async stop(): Promise<void> {
    if (this.#subscription) await within(suspendLimitMs, this.#subscription.close()).catch(() => undefined);
    await Promise.all(this.#running);
  }
}
