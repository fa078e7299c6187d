import { ServiceBusError, type ServiceBusReceivedMessage } from '@azure/service-bus';

/** A message as the client library delivers it, as far as the host reads it. */
export function receivedMessage(
  id: string,
  changes: Partial<ServiceBusReceivedMessage> = {},
): ServiceBusReceivedMessage {
  return {
    body: Buffer.from('{}'),
    messageId: id,
    state: 'active',
    _rawAmqpMessage: { body: undefined, bodyType: 'data' },
    ...changes,
  };
}

/**
 * Stands in for a receiver with a lock on its messages: `push` makes one available, `receiveMessages` waits for it for as
 * long as it is allowed to, in real time.
 */
export class FakeReceiver {
  readonly settled: string[] = [];
  closed = false;
  failNextSettlement = false;
  readonly #waiting: ServiceBusReceivedMessage[] = [];
  #wake: (() => void) | undefined;
  #failure: Error | undefined;

  push(...messages: ServiceBusReceivedMessage[]): void {
    this.#waiting.push(...messages);
    this.#wake?.();
  }

  fail(error: Error): void {
    this.#failure = error;
    this.#wake?.();
  }

  async receiveMessages(
    max: number,
    options: { maxWaitTimeInMs?: number; abortSignal?: AbortSignal } = {},
  ): Promise<ServiceBusReceivedMessage[]> {
    options.abortSignal?.throwIfAborted();
    if (this.#waiting.length === 0 && this.#failure === undefined) await this.#arrival(options);
    options.abortSignal?.throwIfAborted();
    if (this.#failure !== undefined) throw this.#failure;
    return this.#waiting.splice(0, max);
  }

  async completeMessage(message: ServiceBusReceivedMessage): Promise<void> {
    this.#settle(`complete ${message.messageId}`);
  }

  async abandonMessage(message: ServiceBusReceivedMessage): Promise<void> {
    this.#settle(`abandon ${message.messageId}`);
  }

  async close(): Promise<void> {
    this.closed = true;
  }

  #settle(settlement: string): void {
    if (this.failNextSettlement) {
      this.failNextSettlement = false;
      throw new ServiceBusError('the lock is lost', 'MessageLockLost');
    }
    this.settled.push(settlement);
  }

  async #arrival(options: { maxWaitTimeInMs?: number; abortSignal?: AbortSignal }): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, options.maxWaitTimeInMs ?? 0);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
      options.abortSignal?.addEventListener('abort', this.#wake);
    });
    this.#wake = undefined;
  }
}
