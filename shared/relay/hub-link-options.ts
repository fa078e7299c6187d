import type { Backoff } from '../delivery/retry-timing.ts';
import type { EnreachClient } from '../enreach/enreach-client.ts';
import type { Log } from '../log.ts';
import type { ConnectHub } from './hub-connection.ts';
import type { EventNames } from './resolve-subscriptions.ts';
import type { Gap } from './subscription-keeper.ts';
import type { SubscriptionRules } from './subscription-rules.ts';

/** What EnreachAPI said of a queue after a gap. */
export interface QueueSnapshot {
  /** GUID, lower case. */
  readonly queueId: string;
  /** Its members are not those of the event QueueStatus. */
  readonly status: Readonly<Record<string, unknown>>;
  readonly readAtMs: number;
}

export interface HubLinkOptions {
  readonly enreach: EnreachClient;
  readonly rules: SubscriptionRules;
  readonly eventNames: EventNames;
  /** Called for each message in the order of arrival, so it must be cheap. */
  readonly onMessage: (message: unknown, receivedAtMs: number) => void;
  /**
   * Messages may have been missed. The first connection makes no gap unless the link is told since when. A link that is
   * closed while subscriptions are lost reports them up to that moment.
   */
  readonly onGap: (gap: Gap) => void;
  /** For each subscribed queue after a gap. The state of users has no documented place in EnreachAPI. */
  readonly onSnapshot: (snapshot: QueueSnapshot) => void;
  /** Connected and subscribed. */
  readonly onUp: () => void;
  /** No longer connected, after having been up. */
  readonly onDown: (reason: string) => void;
  readonly log: Log;
  readonly fetch: typeof fetch;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** From 0 to 1. */
  readonly random: () => number;
  readonly timing?: Partial<HubLinkTiming>;
  /** Makes a connection; for tests. */
  readonly connect?: ConnectHub;
}

export interface HubLinkTiming {
  /** For negotiation, the WebSocket's opening, and the whole of the start (three times). */
  readonly connectTimeoutMs: number;
  /** For one call of a hub method. */
  readonly callTimeoutMs: number;
  /** Silence after which a connection counts as dead. The hub pings every 15 s. */
  readonly serverTimeoutMs: number;
  readonly keepAliveMs: number;
  readonly reconnect: Backoff;
  /** How long a connection must have been up for the next delay to begin at the lowest again. */
  readonly stableAfterMs: number;
  readonly retryRefused: Backoff;
  /** How often the rules are resolved anew, for queues that have come. */
  readonly refreshMs: number;
  /** For each of the two goodbyes: UnsubscribeAll, and closing the connection. */
  readonly closeTimeoutMs: number;
}

export const defaultTiming: HubLinkTiming = {
  connectTimeoutMs: 15_000,
  callTimeoutMs: 30_000,
  serverTimeoutMs: 30_000,
  keepAliveMs: 15_000,
  reconnect: { baseMs: 500, capMs: 30_000 },
  stableAfterMs: 2_000,
  retryRefused: { baseMs: 30_000, capMs: 900_000 },
  refreshMs: 900_000,
  closeTimeoutMs: 2_000,
};
