import { setMaxListeners } from 'node:events';
import type { Sleep } from './sleep.ts';
import { within } from './within.ts';

/** A client that sessions are accepted through, and the end of its usefulness. */
interface Generation<Client> {
  readonly client: Client;
  readonly lost: AbortController;
}

export interface SessionAcceptorOptions<Client> {
  connect(): Client;
  /** Ends a client whose connection is gone; nobody waits for it. */
  discard(client: Client): void;
  /** Asks the bus for something small. */
  check(client: Client): Promise<unknown>;
  /** How long a check may take; a bus that went away never answers. */
  checkLimitMs: number;
  /** The time between two checks. */
  checkIntervalMs: number;
  /** Whether an error means that the connection is gone, and not just that one session could not be had. */
  isConnectionLost(error: unknown): boolean;
  sleep: Sleep;
}

/**
 * Accepts sessions, on a new client after the connection was lost.
 *
 * Links open one after the other in the client library, behind a lock. One whose authorisation is under way when the
 * connection breaks keeps that lock for a minute, and every receiver with it. A new client has a new lock. Nobody is told
 * when all wait for that lock, so the client is checked as long as it is used.
 */
export class SessionAcceptor<Client> {
  readonly #options: SessionAcceptorOptions<Client>;
  #generation: Generation<Client> | undefined;

  constructor(options: SessionAcceptorOptions<Client>) {
    this.#options = options;
  }

  /** Opens a session on the present client. @throws what `open` throws, or that the connection was lost meanwhile. */
  async accept<Receiver extends { close(): Promise<void> }>(
    open: (client: Client) => Promise<Receiver>,
  ): Promise<Receiver> {
    const generation = this.#present();
    const opening = open(generation.client);
    try {
      return await orLost(opening, generation.lost.signal);
    } catch (error) {
      // A session that is granted after all must not stay locked by nobody.
      opening.then((receiver) => receiver.close()).catch(() => undefined);
      if (this.#options.isConnectionLost(error)) this.#lose(generation, error);
      throw error;
    }
  }

  close(): void {
    if (this.#generation) this.#lose(this.#generation, new Error('the listener stops'));
  }

  #present(): Generation<Client> {
    if (this.#generation === undefined) {
      const lost = new AbortController();
      setMaxListeners(0, lost.signal);
      this.#generation = { client: this.#options.connect(), lost };
      void this.#watch(this.#generation);
    }
    return this.#generation;
  }

  async #watch(generation: Generation<Client>): Promise<void> {
    const { check, checkLimitMs, checkIntervalMs, isConnectionLost, sleep } = this.#options;
    const { client, lost } = generation;
    while (!lost.signal.aborted) {
      try {
        const answered = await within(checkLimitMs, check(client));
        if (!answered) this.#lose(generation, new Error('the connection does not answer'));
      } catch (error) {
        if (isConnectionLost(error)) this.#lose(generation, error);
      }
      await sleep(checkIntervalMs, lost.signal);
    }
  }

  #lose(generation: Generation<Client>, reason: unknown): void {
    if (generation.lost.signal.aborted) return;
    if (this.#generation === generation) this.#generation = undefined;
    generation.lost.abort(reason);
    this.#options.discard(generation.client);
  }
}

async function orLost<T>(promise: Promise<T>, lost: AbortSignal): Promise<T> {
  let stopListening = () => {};
  const aborted = new Promise<never>((_, reject) => {
    const onAbort = () => reject(lost.reason);
    if (lost.aborted) onAbort();
    lost.addEventListener('abort', onAbort, { once: true });
    stopListening = () => lost.removeEventListener('abort', onAbort);
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    stopListening();
  }
}
