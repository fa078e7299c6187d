import type { EnreachClient, EnreachQueue } from '../../../shared/enreach/enreach-client.ts';
import type { ConnectHub, ConnectOptions, HubConnection } from '../../../shared/relay/hub-connection.ts';
import type { EventNames } from '../../../shared/relay/resolve-subscriptions.ts';
import { subscriptionKey } from '../../../shared/relay/subscription.ts';

export const ME = '8f3a0000-0000-0000-0000-000000000001';
export const SALES = 'c0000000-0000-0000-0000-000000000001';
export const SUPPORT = 'c0000000-0000-0000-0000-000000000002';

export const eventNames: EventNames = {
  user: ['UserStatus', 'UserCallInComing'],
  queue: ['QueueStatus', 'QueueCallInComing'],
  callList: ['CallbackChanged'],
};

interface WireItem {
  readonly EntityId: string;
  readonly EventName: string;
}

/** A hub that answers as documented, unless a test tells it something else. */
export class FakeHub {
  readonly connections: FakeConnection[] = [];
  available: readonly string[] | undefined = Object.values(eventNames).flat();
  /** Reasons by subscription, such as `${SALES}|queuestatus`. */
  readonly refusals = new Map<string, string>();
  /** What the next starts come to; each of them is used once. */
  readonly starts: (Error | 'hangs')[] = [];
  /** In place of the documented answer to a method; it may throw. */
  answer: ((method: string, connection: FakeConnection) => Promise<unknown> | undefined) | undefined;

  readonly connect: ConnectHub = (options) => {
    const connection = new FakeConnection(this, options);
    this.connections.push(connection);
    return connection;
  };

  get last(): FakeConnection {
    const connection = this.connections.at(-1);
    if (connection === undefined) throw new Error('nobody has connected');
    return connection;
  }
}

export class FakeConnection implements HubConnection {
  readonly calls: { readonly method: string; readonly items: readonly WireItem[] }[] = [];
  readonly subscribed = new Set<string>();
  readonly tokens: string[] = [];
  isStopped = false;
  readonly #hub: FakeHub;
  readonly options: ConnectOptions;
  readonly #handlers = new Map<string, (...args: unknown[]) => void>();
  #onclose: (error?: Error) => void = () => {};

  constructor(hub: FakeHub, options: ConnectOptions) {
    this.#hub = hub;
    this.options = options;
  }

  async start(): Promise<void> {
    this.tokens.push(await this.options.accessToken(), await this.options.accessToken());
    const outcome = this.#hub.starts.shift();
    if (outcome === 'hangs') return new Promise(() => {});
    if (outcome !== undefined) throw outcome;
    this.alive();
  }

  async stop(): Promise<void> {
    this.isStopped = true;
  }

  on(target: string, handler: (...args: unknown[]) => void): void {
    this.#handlers.set(target, handler);
  }

  onclose(handler: (error?: Error) => void): void {
    this.#onclose = handler;
  }

  async invoke(method: string, items?: unknown): Promise<unknown> {
    const wire = Array.isArray(items) ? items.filter(isWireItem) : [];
    this.calls.push({ method, items: wire });
    const planned = this.#hub.answer?.(method, this);
    if (planned !== undefined) return planned;
    if (method === 'AvailableSubscriptions') return this.#hub.available;
    if (method === 'UnsubscribeAll') return true;
    // In another order than asked, and in lower case.
    return wire.toReversed().map(({ EntityId, EventName }) => {
      const key = subscriptionKey({ entityId: EntityId, eventName: EventName });
      const message = method === 'Subscribe' ? (this.#hub.refusals.get(key) ?? null) : null;
      const subscribed = method === 'Subscribe' && message === null;
      if (subscribed) this.subscribed.add(key);
      else this.subscribed.delete(key);
      return { subscribed, message, entityId: EntityId.toLowerCase(), eventName: EventName.toLowerCase() };
    });
  }

  /** How often a method was called. */
  count(method: string): number {
    return this.calls.filter((call) => call.method === method).length;
  }

  /** Sends a message of the older style. */
  send(target: string, argument: unknown): void {
    this.#handlers.get(target)?.(argument);
  }

  alive(): void {
    this.options.receiver.onAlive(this.options.clock());
  }

  deliver(message: unknown): void {
    this.alive();
    this.options.receiver.onMessage(message, this.options.clock());
  }

  drop(error?: Error): void {
    this.subscribed.clear();
    this.#onclose(error);
  }
}

function isWireItem(item: unknown): item is WireItem {
  return typeof item === 'object' && item !== null && 'EntityId' in item && 'EventName' in item;
}

/** EnreachAPI with one user; each token is another one. */
export class FakeEnreach implements EnreachClient {
  queues: readonly EnreachQueue[] = [
    { id: SALES, status: { QueueLength: 1 } },
    { id: SUPPORT, status: { QueueLength: 2 } },
  ];
  /** What the next calls for access, for the own id, or for queues, come to; each is used once. */
  readonly accessFailures: Error[] = [];
  readonly userFailures: Error[] = [];
  readonly queueFailures: Error[] = [];
  tokens = 0;
  queueReads = 0;

  async ownUserId(): Promise<string> {
    const failure = this.userFailures.shift();
    if (failure !== undefined) throw failure;
    return ME;
  }

  async queuesOf(): Promise<readonly EnreachQueue[]> {
    this.queueReads += 1;
    const failure = this.queueFailures.shift();
    if (failure !== undefined) throw failure;
    return this.queues;
  }

  async rteAccess() {
    const failure = this.accessFailures.shift();
    if (failure !== undefined) throw failure;
    this.tokens += 1;
    return { url: 'http://hub.example/rte', token: `jwt-${this.tokens}` };
  }
}
