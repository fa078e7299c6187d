import { asJsonObject } from '../../common/request-body.ts';
import type { Subscription } from './audience.ts';

/** One item of the answer to `Subscribe` and `Unsubscribe`. */
export interface SubscriptionResult {
  readonly subscribed: boolean;
  readonly message: string | null;
  /** As the client wrote it. */
  readonly entityId: string | null;
  /** In lower case. */
  readonly eventName: string | null;
}

/** What the methods do, for the connection that calls. */
export interface HubMethodTarget {
  /** The reason of a refusal; undefined when the item is subscribed now. */
  subscribe(item: Subscription): string | undefined;
  unsubscribe(item: Subscription): void;
  unsubscribeAll(): void;
  availableSubscriptions(): readonly string[];
  activeSubscriptions(): readonly Subscription[];
}

export interface HubMethodRules {
  readonly arguments: 'lenient' | 'exact';
  readonly activeSubscriptions: boolean;
}

/** What a call comes to. `method` is its name in the vendor's spelling. */
export type Completion =
  | { readonly method: string; readonly result: unknown }
  | { readonly error: string; readonly method?: undefined };

/** A member that may be missing or null, but is text otherwise. */
type Item = { readonly entityId: string | null; readonly eventName: string | null };

/**
 * Runs a hub method. Names count in any casing. Refused items do not make the call fail; wrong arguments do, in the
 * words of ASP.NET Core, which tell a client nothing about the reason.
 */
export function callHubMethod(
  name: string,
  args: readonly unknown[],
  target: HubMethodTarget,
  rules: HubMethodRules,
): Completion {
  const wrongArguments: Completion = { error: `Failed to invoke '${name}' due to an error on the server.` };
  const isWithout = args.length === 0 || (rules.arguments === 'lenient' && args.length === 1);
  switch (name.toLowerCase()) {
    case 'subscribe':
      return withItems('Subscribe', (item) => subscribe(item, target));
    case 'unsubscribe':
      return withItems('Unsubscribe', (item) => unsubscribe(item, target));
    case 'unsubscribeall':
      if (!isWithout) return wrongArguments;
      target.unsubscribeAll();
      return { method: 'UnsubscribeAll', result: true };
    case 'availablesubscriptions':
      return isWithout ? { method: 'AvailableSubscriptions', result: target.availableSubscriptions() } : wrongArguments;
    case 'getactivesubscriptions':
      if (!rules.activeSubscriptions) break;
      return isWithout ? { method: 'GetActiveSubscriptions', result: active(target) } : wrongArguments;
  }
  return { error: `Failed to invoke '${name}' due to an error on the server. HubException: Method does not exist.` };

  function withItems(method: string, each: (item: Item) => SubscriptionResult): Completion {
    const [list] = args;
    if (args.length !== 1) return wrongArguments;
    // Null converts to a list, and to an item, and then the method itself fails.
    const failed: Completion = { error: `An unexpected error occurred invoking '${name}' on the server.` };
    if (list === null) return failed;
    if (!Array.isArray(list)) return wrongArguments;
    const items = list.map((value) => (value === null ? null : readItem(value)));
    if (items.includes(undefined)) return wrongArguments;
    const results: SubscriptionResult[] = [];
    for (const item of items) {
      if (item === null || item === undefined) return failed;
      results.push(each(item));
    }
    return { method, result: results };
  }
}

/** Members in any casing; undefined for what does not convert to an item. */
function readItem(value: unknown): Item | undefined {
  const members = asJsonObject(value);
  if (members === undefined) return undefined;
  const texts: Record<'entityid' | 'eventname', string | null> = { entityid: null, eventname: null };
  for (const [key, member] of members) {
    const name = key.toLowerCase();
    if (name !== 'entityid' && name !== 'eventname') continue;
    if (typeof member !== 'string' && member !== null) return undefined;
    texts[name] = member;
  }
  return { entityId: texts.entityid, eventName: texts.eventname };
}

function subscribe({ entityId, eventName }: Item, target: HubMethodTarget): SubscriptionResult {
  const isComplete = entityId !== null && eventName !== null;
  const refusal = isComplete ? target.subscribe({ entityId, eventName }) : 'Unauthorized';
  return { subscribed: refusal === undefined, message: refusal ?? null, ...echo(entityId, eventName) };
}

function unsubscribe({ entityId, eventName }: Item, target: HubMethodTarget): SubscriptionResult {
  if (entityId !== null && eventName !== null) target.unsubscribe({ entityId, eventName });
  return { subscribed: false, message: null, ...echo(entityId, eventName) };
}

function active(target: HubMethodTarget): SubscriptionResult[] {
  return target
    .activeSubscriptions()
    .map(({ entityId, eventName }) => ({ subscribed: true, message: null, ...echo(entityId, eventName) }));
}

function echo(entityId: string | null, eventName: string | null): Pick<SubscriptionResult, 'entityId' | 'eventName'> {
  return { entityId, eventName: eventName?.toLowerCase() ?? null };
}
