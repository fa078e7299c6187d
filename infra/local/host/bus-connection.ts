import { RetryMode, ServiceBusClient } from '@azure/service-bus';
import type { ServiceBusOptions } from './host-json.ts';

/** The clients of the host: one per connection string, shared by all functions that name it. */
export class BusConnections {
  readonly #retry: ServiceBusOptions['retry'];
  readonly #clients = new Map<string, ServiceBusClient>();

  constructor(options: Pick<ServiceBusOptions, 'retry'>) {
    this.#retry = options.retry;
  }

  /** @throws {Error} when the text is no connection string. */
  client(connectionString: string): ServiceBusClient {
    const known = this.#clients.get(connectionString);
    if (known !== undefined) return known;
    const client = new ServiceBusClient(connectionString, {
      retryOptions: {
        mode: this.#retry.mode === 'fixed' ? RetryMode.Fixed : RetryMode.Exponential,
        maxRetries: this.#retry.maxRetries,
        retryDelayInMs: this.#retry.delayMs,
        maxRetryDelayInMs: this.#retry.maxDelayMs,
        timeoutInMs: this.#retry.tryTimeoutMs,
      },
    });
    this.#clients.set(connectionString, client);
    return client;
  }

  async close(): Promise<void> {
    await Promise.allSettled([...this.#clients.values()].map((client) => client.close()));
  }
}
