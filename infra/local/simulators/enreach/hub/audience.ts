import type { HubConnection } from './hub-connection.ts';

/** Equal for the same entity and event, whatever their casing. */
export function subscriptionKey(entityId: string, eventName: string): string {
  return `${entityId}|${eventName}`.toLowerCase();
}

const nobody: ReadonlySet<HubConnection> = new Set();

/** Who is subscribed to what. Subscriptions belong to a connection and go with it. */
export class Audience {
  readonly #byKey = new Map<string, Set<HubConnection>>();
  readonly #keysOf = new Map<HubConnection, Map<string, Subscription>>();

  subscribe(connection: HubConnection, subscription: Subscription): void {
    const key = subscriptionKey(subscription.entityId, subscription.eventName);
    getOrAdd(this.#byKey, key, () => new Set<HubConnection>()).add(connection);
    getOrAdd(this.#keysOf, connection, () => new Map<string, Subscription>()).set(key, subscription);
  }

  unsubscribe(connection: HubConnection, { entityId, eventName }: Subscription): void {
    const key = subscriptionKey(entityId, eventName);
    this.#keysOf.get(connection)?.delete(key);
    this.#remove(key, connection);
  }

  unsubscribeAll(connection: HubConnection): void {
    for (const key of this.#keysOf.get(connection)?.keys() ?? []) this.#remove(key, connection);
    this.#keysOf.delete(connection);
  }

  /** By `subscriptionKey`. */
  subscribersOf(key: string): ReadonlySet<HubConnection> {
    return this.#byKey.get(key) ?? nobody;
  }

  subscriptionsOf(connection: HubConnection): Subscription[] {
    return [...(this.#keysOf.get(connection)?.values() ?? [])];
  }

  countOf(connection: HubConnection): number {
    return this.#keysOf.get(connection)?.size ?? 0;
  }

  /** Who is subscribed to anything; with an entity's id, to anything of that entity. */
  anySubscribers(entityId?: string): HubConnection[] {
    const prefix = entityId === undefined ? '' : subscriptionKey(entityId, '');
    return [...this.#keysOf]
      .filter(([, keys]) => [...keys.keys()].some((key) => key.startsWith(prefix)))
      .map(([connection]) => connection);
  }

  #remove(key: string, connection: HubConnection): void {
    const subscribers = this.#byKey.get(key);
    subscribers?.delete(connection);
    if (subscribers?.size === 0) this.#byKey.delete(key);
  }
}

/** As the client wrote them. */
export interface Subscription {
  readonly entityId: string;
  readonly eventName: string;
}

function getOrAdd<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const found = map.get(key);
  if (found !== undefined) return found;
  const made = make();
  map.set(key, made);
  return made;
}
