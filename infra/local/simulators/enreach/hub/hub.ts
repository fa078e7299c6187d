import { setTimeout as wait } from 'node:timers/promises';
import type { Behaviour } from '../behaviour.ts';
import type { EntityKind } from '../directory.ts';
import { documentedEventNames, findEvent } from '../event-catalogue.ts';
import { Audience, type Subscription, subscriptionKey } from './audience.ts';
import { HubCallFaults } from './hub-call-faults.ts';
import { type ConnectionIdentity, HubConnection } from './hub-connection.ts';
import { callHubMethod } from './hub-methods.ts';
import { writeRecord } from './records.ts';
import type { Transport } from './transport.ts';

/** How often silence is looked for. */
const watchIntervalMs = 50;

/** Results of the older style, by the method that they answer. */
const resultMessages = new Map([
  ['Subscribe', 'SubscribeDetails'],
  ['Unsubscribe', 'UnsubscribeDetails'],
  ['UnsubscribeAll', 'UnsubscribeAllDetails'],
  ['AvailableSubscriptions', 'AvailableSubscriptions'],
]);

export interface ConnectionState {
  readonly connectionId: string;
  readonly userId: string;
  readonly transport: string;
  readonly subscriptions: number;
  /** Messages of events that were handed to its transport. */
  readonly sent: number;
  readonly isSilent: boolean;
}

/** The hub behind all transports: its connections, its methods, and who is subscribed to what. */
export class Hub {
  readonly audience = new Audience();
  readonly faults = new HubCallFaults();
  readonly #connections = new Set<HubConnection>();
  readonly #refusals = new Map<string, string>();
  readonly #behaviour: Behaviour;
  readonly #kinds: ReadonlyMap<string, EntityKind>;
  readonly #watch: NodeJS.Timeout;

  constructor(behaviour: Behaviour, kinds: ReadonlyMap<string, EntityKind>) {
    this.#behaviour = behaviour;
    this.#kinds = kinds;
    this.#watch = setInterval(() => this.#lookForSilence(), watchIntervalMs);
    this.#watch.unref();
  }

  connect(identity: ConnectionIdentity, transport: Transport): HubConnection {
    const connection = new HubConnection(identity, transport, {
      handshakeError: () => this.#behaviour.current.handshakeError,
      maxReceiveBytes: () => this.#behaviour.current.maxReceiveBytes,
      invoke: (caller, target, args) => this.#invoke(caller, target, args),
      closed: (gone) => {
        this.#connections.delete(gone);
        this.audience.unsubscribeAll(gone);
      },
    });
    this.#connections.add(connection);
    return connection;
  }

  get connections(): readonly HubConnection[] {
    return [...this.#connections];
  }

  /** Refuses the item from now on; those who are subscribed to it stay so. */
  refuse(entityId: string, eventName: string, reason: string): void {
    this.#refusals.set(subscriptionKey(entityId, eventName), reason);
  }

  allow(entityId: string, eventName: string): void {
    this.#refusals.delete(subscriptionKey(entityId, eventName));
  }

  forget(): void {
    this.#refusals.clear();
    this.faults.clear();
  }

  states(): ConnectionState[] {
    return this.connections.map((connection) => ({
      connectionId: connection.connectionId,
      userId: connection.userId,
      transport: connection.transport.name,
      subscriptions: this.audience.countOf(connection),
      sent: connection.sent,
      isSilent: connection.isSilent,
    }));
  }

  stop(): void {
    clearInterval(this.#watch);
    for (const connection of this.connections) connection.sever('reset');
  }

  async #invoke(caller: HubConnection, name: string, args: readonly unknown[]): Promise<object | undefined> {
    const fault = this.faults.takeFor(name);
    if (fault?.delayMs !== undefined) await wait(fault.delayMs, undefined, { ref: false });
    if (fault?.hang === true) await new Promise<never>(() => {});
    if (fault?.error !== undefined) return { error: fault.error };

    const target = {
      subscribe: (item: Subscription) => this.#subscribe(caller, item),
      unsubscribe: (item: Subscription) => this.audience.unsubscribe(caller, item),
      unsubscribeAll: () => this.audience.unsubscribeAll(caller),
      availableSubscriptions: () => documentedEventNames,
      activeSubscriptions: () => this.audience.subscriptionsOf(caller),
    };
    const { current } = this.#behaviour;
    const completion = callHubMethod(name, args, target, current);
    if (completion.method === undefined) return { error: completion.error };
    const message = current.results === 'messages' ? resultMessages.get(completion.method) : undefined;
    if (message === undefined) return { result: completion.result };
    caller.send(writeRecord({ type: 1, target: message, arguments: [completion.result] }));
    return { result: null };
  }

  /** An event of another kind of entity is refused like an entity that does not exist (assumed). */
  #subscribe(caller: HubConnection, item: Subscription): string | undefined {
    const event = findEvent(item.eventName);
    const kind = this.#kinds.get(item.entityId.toLowerCase());
    if (event === undefined || event.entity !== kind) return 'Unauthorized';
    const refusal = this.#refusals.get(subscriptionKey(item.entityId, item.eventName));
    if (refusal === undefined && caller.isOpen) this.audience.subscribe(caller, item);
    return refusal;
  }

  #lookForSilence(): void {
    const nowMs = performance.now();
    const { pingIntervalMs, clientTimeoutMs } = this.#behaviour.current;
    for (const connection of this.#connections) {
      // A poll that waits is a sign of life by itself.
      if (connection.isSilent || connection.transport.name === 'LongPolling') continue;
      if (nowMs - connection.lastReceivedMs > clientTimeoutMs) connection.sever('end');
      else if (nowMs - connection.lastSentMs >= pingIntervalMs) connection.send(writeRecord({ type: 6 }));
    }
  }
}
