import { backoffMs } from '../delivery/retry-timing.ts';
import { ConfigurationError, PermanentError, TransientError } from '../errors.ts';
import { defaultTiming, type HubLinkOptions } from './hub-link-options.ts';
import { describeFailure, type HubSession, openHubSession } from './hub-session.ts';
import { sleep } from './sleep.ts';
import type { RefusedSubscription, Subscription } from './subscription.ts';
import { createSubscriptionKeeper } from './subscription-keeper.ts';
import type { SubscriptionRules } from './subscription-rules.ts';
import { within } from './within.ts';

export interface HubLinkStatus {
  /** Undefined while not connected and subscribed. */
  readonly connectedSinceMs: number | undefined;
  /** Connections that came up after the first one. */
  readonly reconnects: number;
  readonly subscriptions: { readonly active: number; readonly refused: readonly RefusedSubscription[] };
  readonly lastGap: { readonly fromMs: number; readonly toMs: number } | undefined;
  /** Messages. */
  readonly received: number;
  /** When the hub last showed that it lives. */
  readonly lastAliveMs: number | undefined;
}

/** A connection to the RTE hub that comes back by itself, for ever. */
export interface HubLink {
  /**
   * Resolves when the link is up for the first time, or is closed before. Rejects with PermanentError or
   * ConfigurationError when Enreach refuses before the link was ever up: it has ended then. What may pass is retried.
   */
  readonly firstUp: Promise<void>;
  status(): HubLinkStatus;
  activeSubscriptions(): readonly Subscription[];
  /** Names of the events that the hub offers. @throws TransientError when it can't be asked */
  availableSubscriptions(): Promise<readonly string[]>;
  /**
   * Takes a new wish list, and subscribes and unsubscribes the difference, now or with the next connection.
   * @throws TransientError when the hub fails meanwhile; what is left is done at the next refresh or connection
   */
  resubscribe(wanted: SubscriptionRules): Promise<void>;
  /**
   * Messages since then (milliseconds since the epoch) were missed before this link was opened: every subscription of the
   * rules that it was opened with is told as a gap and its queues are read, now where it is active and else when it is.
   */
  missedSince(sinceMs: number): void;
  /** Unsubscribes and disconnects, in bounded time. No callback is called afterwards. */
  close(): Promise<void>;
}

/** Opens the link, and keeps it open until it is closed. */
export function openHubLink(options: HubLinkOptions): HubLink {
  const { clock, random, log } = options;
  const timing = { ...defaultTiming, ...options.timing };
  const closing = new AbortController();
  let { rules } = options;
  let received = 0;
  let lastAliveMs: number | undefined;
  let lastGap: HubLinkStatus['lastGap'];
  let timesUp = 0;
  let current: { readonly session: HubSession; readonly sinceMs: number } | undefined;
  let isClosed = false;

  const keeper = createSubscriptionKeeper({
    ...options,
    itemsPerCall: 250,
    onGap: (gap) => {
      lastGap = { fromMs: gap.fromMs, toMs: gap.toMs };
      options.onGap(gap);
    },
  });

  const receiver = {
    onAlive: (atMs: number) => {
      lastAliveMs = atMs;
    },
    onMessage: (message: unknown, receivedAtMs: number) => {
      if (isClosed) return;
      received += 1;
      try {
        options.onMessage(message, receivedAtMs);
      } catch (error) {
        // One message that can't be taken must not cost the connection.
        log.error('message not taken', { reason: describeFailure(error) });
      }
    },
  };

  /** Until the session has ended. Gives how long it was up. @throws what kept it from coming up */
  async function runSession(firstUp: () => void): Promise<number> {
    try {
      const session = await openHubSession({
        ...options,
        timing,
        keeper,
        receiver,
        rules: () => rules,
        signal: closing.signal,
      });
      const sinceMs = clock();
      current = { session, sinceMs };
      timesUp += 1;
      log.info('RTE hub connected', { subscriptions: keeper.active().length, refused: keeper.refused().length });
      options.onUp();
      firstUp();
      const reason = await session.ended;
      if (closing.signal.aborted) return 0;
      log.warn('RTE hub disconnected', { reason });
      void session.stop();
      options.onDown(reason);
      return clock() - sinceMs;
    } finally {
      current = undefined;
      keeper.lose(lastAliveMs ?? clock());
    }
  }

  async function run(firstUp: () => void): Promise<void> {
    let failures = 0;
    while (!closing.signal.aborted) {
      let retryAfterMs = 0;
      try {
        if ((await runSession(firstUp)) >= timing.stableAfterMs) failures = 0;
      } catch (error) {
        if (closing.signal.aborted) return;
        const isPermanent = error instanceof PermanentError || error instanceof ConfigurationError;
        if (isPermanent && timesUp === 0) throw error;
        retryAfterMs = (error instanceof TransientError ? error.retryAfterMs : undefined) ?? 0;
        const fields = { attempt: failures + 1, reason: describeFailure(error) };
        if (isPermanent) log.error('RTE hub not connected', fields);
        else log.warn('RTE hub not connected', fields);
      }
      failures += 1;
      await sleep(Math.max(backoffMs(failures, timing.reconnect, random()), retryAfterMs), closing.signal);
    }
  }

  let ended: Promise<void> = Promise.resolve();
  const firstUp = new Promise<void>((resolve, reject) => {
    ended = run(resolve).then(resolve, reject);
  });

  return {
    firstUp,
    status: () => ({
      connectedSinceMs: current?.sinceMs,
      reconnects: Math.max(0, timesUp - 1),
      subscriptions: { active: keeper.active().length, refused: keeper.refused() },
      lastGap,
      received,
      lastAliveMs,
    }),
    activeSubscriptions: () => keeper.active(),
    availableSubscriptions: async () => {
      if (current === undefined) throw new TransientError('The RTE hub is not connected');
      return current.session.hub.availableSubscriptions();
    },
    resubscribe: async (wanted) => {
      rules = wanted;
      keeper.want(wanted);
      await current?.session.synchronise();
    },
    missedSince: (sinceMs) => {
      keeper.missedSince(sinceMs);
      current?.session.synchronise().catch((error) => {
        log.warn('subscriptions not refreshed', { reason: describeFailure(error) });
      });
    },
    close: async () => {
      const last = current?.session;
      keeper.giveUp();
      if (last !== undefined) {
        await within(last.hub.unsubscribeAll(), timing.closeTimeoutMs, 'Unsubscribing').catch((error) => {
          log.warn('not unsubscribed', { reason: describeFailure(error) });
        });
      }
      closing.abort();
      await last?.stop();
      await within(ended, timing.closeTimeoutMs, 'Ending').catch(() => {});
      isClosed = true;
    },
  };
}
