import { anyCase } from '../enreach/any-case.ts';
import { TransientError } from '../errors.ts';
import * as z from '../zod.ts';
import type { Subscription } from './subscription.ts';
import { within } from './within.ts';

/** What the hub's methods need of a connection. */
export interface HubInvoker {
  invoke(method: string, ...args: unknown[]): Promise<unknown>;
  on(target: string, handler: (...args: unknown[]) => void): void;
}

/** What the hub says to one item of a call. */
export interface SubscriptionResult extends Subscription {
  readonly subscribed: boolean;
  /** Such as `Unauthorized`; the hub's texts are not documented. */
  readonly message: string | undefined;
}

/** The hub's methods, typed. Each throws TransientError when the hub fails or does not answer in time. */
export interface HubMethods {
  /** One result for each item that the hub answered to; the items may come in any order, with lower-cased names. */
  subscribe(items: readonly Subscription[]): Promise<SubscriptionResult[]>;
  unsubscribe(items: readonly Subscription[]): Promise<SubscriptionResult[]>;
  unsubscribeAll(): Promise<void>;
  /** Names of events; empty when the hub tells none. */
  availableSubscriptions(): Promise<string[]>;
}

const itemSchema = anyCase({
  entityid: z.string(),
  eventname: z.string(),
  subscribed: z.nullish(z.boolean()),
  message: z.nullish(z.string()),
});

/** @param timeoutMs for one call */
export function createHubMethods(hub: HubInvoker, timeoutMs: number): HubMethods {
  const awaited = new Map<string, (result: unknown) => void>();
  // Older hubs answer with a message, and the call itself has no result.
  const oldStyle = new Map([
    ['Subscribe', 'SubscribeDetails'],
    ['Unsubscribe', 'UnsubscribeDetails'],
    ['UnsubscribeAll', 'UnsubscribeAllDetails'],
    ['AvailableSubscriptions', 'AvailableSubscriptions'],
  ]);
  for (const [method, target] of oldStyle) hub.on(target, (result) => awaited.get(method)?.(result));

  async function call(method: string, ...args: unknown[]): Promise<unknown> {
    const message = new Promise<unknown>((resolve) => awaited.set(method, resolve));
    const answer = async () => (await hub.invoke(method, ...args)) ?? message;
    try {
      return await within(answer(), timeoutMs, `${method} at the RTE hub`);
    } catch (cause) {
      if (cause instanceof TransientError) throw cause;
      throw new TransientError(`The RTE hub failed at ${method}`, { cause });
    } finally {
      awaited.delete(method);
    }
  }

  async function callWithItems(method: string, items: readonly Subscription[]): Promise<SubscriptionResult[]> {
    const wire = items.map(({ entityId, eventName }) => ({ EntityId: entityId, EventName: eventName }));
    return readItems(await call(method, wire));
  }

  return {
    subscribe: (items) => callWithItems('Subscribe', items),
    unsubscribe: (items) => callWithItems('Unsubscribe', items),
    unsubscribeAll: async () => {
      await call('UnsubscribeAll');
    },
    availableSubscriptions: async () => {
      const names = await call('AvailableSubscriptions');
      return Array.isArray(names) ? names.filter((name) => typeof name === 'string') : [];
    },
  };
}

/** Items that can't be read are left out: they count as not answered. */
function readItems(result: unknown): SubscriptionResult[] {
  return (Array.isArray(result) ? result : []).flatMap((item) => {
    const { data } = z.safeParse(itemSchema, item);
    if (data === undefined) return [];
    const { entityid: entityId, eventname: eventName, subscribed, message } = data;
    return [{ entityId, eventName, subscribed: subscribed === true, message: message ?? undefined }];
  });
}
