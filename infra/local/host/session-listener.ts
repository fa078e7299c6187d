import { setMaxListeners } from 'node:events';
import type { ServiceBusSessionReceiver } from '@azure/service-bus';
import { isTimeout } from './bus-errors.ts';
import type { BusHandler } from './bus-handler.ts';
import { receiveBatch } from './receive-batch.ts';
import type { Sleep } from './sleep.ts';
import { within } from './within.ts';

/** What the listener uses of a session receiver. */
export type SessionReceiver = Pick<
  ServiceBusSessionReceiver,
  'receiveMessages' | 'completeMessage' | 'abandonMessage' | 'close'
>;

export interface SessionListenerOptions {
  /** Waits for the next free session; rejects with code `ServiceTimeout` when none came in time. */
  acceptNextSession(): Promise<SessionReceiver>;
  handle: BusHandler;
  /** Sessions served at the same time; each has a receiver waiting for it, so that none waits for a poll. */
  concurrency: number;
  maxBatchSize: number;
  /** A session is given back when no message came for this long. */
  idleTimeoutMs: number;
  /** A session is given back after this time, since its lock is not renewed any longer. */
  maxHoldMs: number;
  failed(error: unknown): void;
  recovered(): void;
  clock: () => number;
  sleep: Sleep;
}

const firstRetryMs = 200;
const longestRetryMs = 1000;
/** How long giving a session back may take; the client library alone would wait a minute for a bus that went away. */
const releaseLimitMs = 1000;

/** Serves the sessions of one queue or subscription: within a session one invocation at a time, in order. */
export class SessionListener {
  readonly #options: SessionListenerOptions;
  readonly #stopping = new AbortController();
  readonly #running = new Set<Promise<void>>();

  constructor(options: SessionListenerOptions) {
    this.#options = options;
    setMaxListeners(0, this.#stopping.signal);
  }

  start(): void {
    for (let count = 0; count < this.#options.concurrency; count += 1) void this.#acceptForEver();
  }

  /** Receives nothing more; resolves when the running invocations are settled. Sessions are given back on the way. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all(this.#running);
  }

  async #acceptForEver(): Promise<void> {
    const { failed, recovered, sleep, clock } = this.#options;
    const { signal } = this.#stopping;
    let retryMs = firstRetryMs;
    while (!signal.aborted) {
      const startedMs = clock();
      try {
        const receiver = await this.#options.acceptNextSession();
        recovered();
        retryMs = firstRetryMs;
        await this.#serve(receiver);
      } catch (error) {
        if (signal.aborted) return;
        // A wait that ended without a session is no failure, unless it did not wait at all.
        if (isTimeout(error) && clock() - startedMs >= firstRetryMs) {
          recovered();
          continue;
        }
        failed(error);
        await sleep(retryMs, signal);
        retryMs = Math.min(retryMs * 2, longestRetryMs);
      }
    }
  }

  async #serve(receiver: SessionReceiver): Promise<void> {
    const { handle, clock, maxBatchSize, idleTimeoutMs, maxHoldMs } = this.#options;
    const { signal } = this.#stopping;
    const acceptedMs = clock();
    try {
      do {
        const messages = await receiveBatch(receiver, maxBatchSize, idleTimeoutMs, signal);
        if (messages.length === 0) break;
        const run = handle(messages, receiver);
        this.#running.add(run);
        await run;
        this.#running.delete(run);
      } while (!signal.aborted && clock() - acceptedMs < maxHoldMs);
    } catch {
      // The session's lock or the connection is lost; what that means shows when the next session is asked for.
    }
    await within(releaseLimitMs, receiver.close()).catch(() => undefined);
  }
}
