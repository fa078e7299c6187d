import { RetryMode, ServiceBusClient } from '@azure/service-bus';
import { isAboutOneEntity, isTimeout } from './bus-errors.ts';
import { createReceiver } from './create-receiver.ts';
import type { ServiceBusOptions } from './host-json.ts';
import { SessionAcceptor } from './session-acceptor.ts';
import { sleep } from './sleep.ts';
import type { ServiceBusTrigger } from './triggers.ts';

/** How often a connection is checked, and how long it may take to answer. */
const watch = { checkIntervalMs: 2_000, checkLimitMs: 5_000 };

/** The clients of the host: one per connection string, shared by all functions that name it. */
export class BusConnections {
  readonly #retry: ServiceBusOptions['retry'];
  readonly #watch: typeof watch;
  readonly #clients = new Map<string, ServiceBusClient>();
  readonly #acceptors = new Map<string, SessionAcceptor<ServiceBusClient>>();

  constructor(options: Pick<ServiceBusOptions, 'retry'>, watching = watch) {
    this.#retry = options.retry;
    this.#watch = watching;
  }

  /** @throws {Error} when the text is no connection string. */
  client(connectionString: string): ServiceBusClient {
    const known = this.#clients.get(connectionString);
    if (known !== undefined) return known;
    const client = this.#connect(connectionString);
    this.#clients.set(connectionString, client);
    return client;
  }

  /** What accepts sessions for every function of a connection; the first one's entity tells whether the bus answers. */
  acceptor(connectionString: string, entity: ServiceBusTrigger['entity']): SessionAcceptor<ServiceBusClient> {
    const known = this.#acceptors.get(connectionString);
    if (known !== undefined) return known;
    const acceptor = new SessionAcceptor({
      connect: () => this.#connect(connectionString),
      discard: (client: ServiceBusClient) => {
        client.close().catch(() => undefined);
      },
      check: (client) => createReceiver(client, entity).peekMessages(1),
      ...this.#watch,
      isConnectionLost: (error) => !isTimeout(error) && !isAboutOneEntity(error),
      sleep,
    });
    this.#acceptors.set(connectionString, acceptor);
    return acceptor;
  }

  async close(): Promise<void> {
    for (const acceptor of this.#acceptors.values()) acceptor.close();
    await Promise.allSettled([...this.#clients.values()].map((client) => client.close()));
  }

  #connect(connectionString: string): ServiceBusClient {
    return new ServiceBusClient(connectionString, {
      retryOptions: {
        mode: this.#retry.mode === 'fixed' ? RetryMode.Fixed : RetryMode.Exponential,
        maxRetries: this.#retry.maxRetries,
        retryDelayInMs: this.#retry.delayMs,
        maxRetryDelayInMs: this.#retry.maxDelayMs,
        timeoutInMs: this.#retry.tryTimeoutMs,
      },
    });
  }
}
