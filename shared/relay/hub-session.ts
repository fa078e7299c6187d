import { backoffMs } from '../delivery/retry-timing.ts';
import { TransientError } from '../errors.ts';
import { connectHub, type HubConnection } from './hub-connection.ts';
import type { HubLinkOptions, HubLinkTiming } from './hub-link-options.ts';
import { withoutSecrets } from './hub-log.ts';
import { createHubMethods, type HubMethods } from './hub-methods.ts';
import type { HubReceiver } from './hub-protocol.ts';
import { readSnapshots } from './read-snapshots.ts';
import type { SubscriptionKeeper } from './subscription-keeper.ts';
import type { SubscriptionRules } from './subscription-rules.ts';
import { within } from './within.ts';

export interface HubSessionOptions extends Omit<HubLinkOptions, 'timing' | 'rules'> {
  readonly timing: HubLinkTiming;
  readonly keeper: SubscriptionKeeper;
  readonly receiver: HubReceiver;
  /** The present ones. */
  readonly rules: () => SubscriptionRules;
  /** Ends the session, at whatever stage it is. */
  readonly signal: AbortSignal;
}

/** One connection that is subscribed, until it ends. */
export interface HubSession {
  readonly hub: HubMethods;
  /** Resolves with the reason when the connection is gone, and when the session was told to end. */
  readonly ended: Promise<string>;
  /** Brings the subscriptions in line with what is wanted; happens by itself now and then. @throws TransientError */
  synchronise(): Promise<void>;
  /** Disconnects, in bounded time. */
  stop(): Promise<void>;
}

/**
 * Connects with a token of its own and subscribes. A connection on which that fails is given up.
 * @throws PermanentError | TransientError | ConfigurationError
 */
export async function openHubSession(options: HubSessionOptions): Promise<HubSession> {
  const { keeper, timing, signal, log, random } = options;
  const over = new AbortController();
  const ended = new Promise<string>((resolve) => {
    over.signal.addEventListener('abort', () => resolve(String(over.signal.reason)));
  });
  const end = (reason: string) => over.abort(reason);
  const endAsTold = () => end('closed by this side');
  signal.addEventListener('abort', endAsTold);
  over.signal.addEventListener('abort', () => signal.removeEventListener('abort', endAsTold));
  if (signal.aborted) endAsTold();

  const endedAsError = ended.then((reason) => {
    throw new TransientError(`The connection to the RTE hub ended: ${reason}`);
  });
  // Whoever waits for it sees it; it may also come when nobody does.
  endedAsError.catch(() => {});
  const orEnd = <Result>(work: Promise<Result>) => Promise.race([work, endedAsError]);

  let connection: HubConnection | undefined;
  const stop = async () => {
    end('closed by this side');
    await within(connection?.stop() ?? Promise.resolve(), timing.closeTimeoutMs, 'Disconnecting').catch(() => {});
  };
  try {
    connection = await orEnd(openConnection(options, end));
    const hub = createHubMethods(connection, timing.callTimeoutMs);
    const synchronise = keepSynchronised(hub);
    await orEnd(synchronise());
    return { hub, ended, synchronise, stop };
  } catch (error) {
    void stop();
    throw error;
  }

  function keepSynchronised(hub: HubMethods): () => Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    let refusedRounds = 0;
    over.signal.addEventListener('abort', () => clearTimeout(timer));
    return synchronise;

    async function synchronise(): Promise<void> {
      clearTimeout(timer);
      try {
        const subscriptions = await keeper.synchronise(hub);
        void readSnapshots({
          ...options,
          reconnect: timing.reconnect,
          rules: options.rules(),
          subscriptions,
          signal: over.signal,
        });
      } finally {
        schedule();
      }
    }

    function schedule(): void {
      if (over.signal.aborted) return;
      clearTimeout(timer);
      refusedRounds = keeper.refused().length > 0 ? refusedRounds + 1 : 0;
      const delayMs = refusedRounds > 0 ? backoffMs(refusedRounds, timing.retryRefused, random()) : timing.refreshMs;
      timer = setTimeout(() => {
        synchronise().catch((error) => log.warn('subscriptions not refreshed', { reason: describeFailure(error) }));
      }, delayMs);
    }
  }
}

async function openConnection(options: HubSessionOptions, end: (reason: string) => void): Promise<HubConnection> {
  const { enreach, timing, receiver, clock, log } = options;
  const access = await enreach.rteAccess();
  if (options.signal.aborted) throw new TransientError('The RTE relay is closing');
  let isStarted = false;
  const connection = (options.connect ?? connectHub)({
    url: access.url,
    // Both questions of the start get the same new token; a later one means that the hub wants another.
    accessToken: async () => (isStarted ? (await enreach.rteAccess()).token : access.token),
    receiver,
    clock,
    log,
    fetch: options.fetch,
    connectTimeoutMs: timing.connectTimeoutMs,
    serverTimeoutMs: timing.serverTimeoutMs,
    keepAliveMs: timing.keepAliveMs,
  });
  connection.onclose((error) => end(error === undefined ? 'closed by the hub' : describeFailure(error)));
  const stop = () => void connection.stop().catch(() => {});
  options.signal.addEventListener('abort', stop);
  try {
    await within(connection.start(), 3 * timing.connectTimeoutMs, 'Connecting to the RTE hub');
    isStarted = true;
    return connection;
  } catch (error) {
    stop();
    throw error;
  } finally {
    options.signal.removeEventListener('abort', stop);
  }
}

/** What went wrong, without what it may quote. */
export function describeFailure(error: unknown): string {
  return error instanceof Error ? withoutSecrets(error.message) : 'unknown reason';
}
