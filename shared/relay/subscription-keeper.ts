import type { EnreachClient } from '../enreach/enreach-client.ts';
import { TransientError } from '../errors.ts';
import type { Log } from '../log.ts';
import type { HubMethods, SubscriptionResult } from './hub-methods.ts';
import { createSubscriptionResolver, type EventNames } from './resolve-subscriptions.ts';
import { type RefusedSubscription, type Subscription, subscriptionKey } from './subscription.ts';
import type { SubscriptionRules } from './subscription-rules.ts';

/** A time in which messages of some subscriptions may have been missed. */
export interface Gap {
  /** The last sign of life before it, in milliseconds since the epoch. */
  readonly fromMs: number;
  /** When the hub was asked for the subscriptions again. For one that it refused, the next gap begins there. */
  readonly toMs: number;
  readonly subscriptions: readonly Subscription[];
}

export interface SubscriptionKeeperOptions {
  readonly rules: SubscriptionRules;
  readonly enreach: EnreachClient;
  readonly eventNames: EventNames;
  /** ASP.NET Core takes messages up to 32 KiB unless told otherwise; an item has about 100 bytes. */
  readonly itemsPerCall: number;
  readonly clock: () => number;
  readonly log: Log;
  readonly onGap: (gap: Gap) => void;
}

/** Knows what is wanted, what is active on the present connection, what was refused, and what has been lost. */
export interface SubscriptionKeeper {
  active(): Subscription[];
  refused(): readonly RefusedSubscription[];
  /** Takes new rules; {@link synchronise} applies them. */
  want(rules: SubscriptionRules): void;
  /**
   * Asks the hub for what is wanted and not active, refused items among it, and returns what is no longer wanted.
   * Gives the subscriptions whose loss it has told: with the first call after a connection ended, all that were lost,
   * and later those that the hub refused until now. One call waits for the other.
   *
   * @throws TransientError when the hub fails, or the connection ends meanwhile
   */
  synchronise(hub: HubMethods): Promise<Subscription[]>;
  /** The connection has ended: its subscriptions went with it. */
  lose(lastAliveMs: number): void;
  /**
   * Messages since then were missed before there was this keeper. {@link synchronise} tells that of all that is wanted
   * now, and of what the first rules stand for once EnreachAPI has resolved them.
   */
  missedSince(sinceMs: number): void;
  /** Reports what is lost at this moment as gaps up to now, because nothing will bring it back. */
  giveUp(): void;
}

export function createSubscriptionKeeper(options: SubscriptionKeeperOptions): SubscriptionKeeper {
  const { enreach, eventNames, itemsPerCall, clock, log, onGap } = options;
  const resolver = createSubscriptionResolver(enreach, eventNames);
  let rules = options.rules;
  let wanted = new Map<string, Subscription>();
  /** Those of the first rules that were never resolved as a whole. */
  const rulesToFollow = new Set(rules.map((rule) => JSON.stringify(rule)));
  let missedSinceMs: number | undefined;
  const active = new Map<string, Subscription>();
  let refused: readonly RefusedSubscription[] = [];
  const lost = new Map<string, { readonly subscription: Subscription; readonly fromMs: number }>();
  /** What is lost has not been told since. */
  let isGapDue = false;
  let connections = 0;
  let queue: Promise<unknown> = Promise.resolve();

  async function resolveWanted(): Promise<readonly RefusedSubscription[]> {
    const resolved = await resolver.resolve(rules);
    for (const { rule, subscriptions, unresolved } of resolved) {
      const text = JSON.stringify(rule);
      if (rulesToFollow.has(text)) markMissed(subscriptions.filter((item) => !wanted.has(subscriptionKey(item))));
      if (unresolved.length === 0) rulesToFollow.delete(text);
    }
    const subscriptions = resolved.flatMap((each) => each.subscriptions);
    wanted = new Map(subscriptions.map((subscription) => [subscriptionKey(subscription), subscription]));
    return resolved.flatMap(({ unresolved }) => unresolved);
  }

  function markMissed(subscriptions: Iterable<Subscription>): void {
    if (missedSinceMs === undefined) return;
    for (const subscription of subscriptions) markLost(subscription, missedSinceMs);
  }

  function markLost(subscription: Subscription, fromMs: number): void {
    const key = subscriptionKey(subscription);
    if (!lost.has(key)) lost.set(key, { subscription, fromMs });
  }

  async function returnUnwanted(hub: HubMethods, assertConnected: () => void): Promise<void> {
    for (const key of lost.keys()) if (!wanted.has(key)) lost.delete(key);
    const unwanted = [...active].filter(([key]) => !wanted.has(key)).map(([, subscription]) => subscription);
    if (unwanted.length === 0) return;
    for (const batch of batches(unwanted)) {
      const results = await hub.unsubscribe(batch);
      assertConnected();
      for (const result of results) {
        if (!result.subscribed && result.message === undefined) active.delete(subscriptionKey(result));
      }
    }
  }

  async function takeMissing(hub: HubMethods, assertConnected: () => void): Promise<RefusedSubscription[]> {
    const missing = [...wanted].filter(([key]) => !active.has(key)).map(([, subscription]) => subscription);
    if (missing.length === 0) return [];
    const { offered, refusals } = await checkOffer(missing, hub);
    for (const batch of batches(offered)) {
      const results = await hub.subscribe(batch);
      assertConnected();
      const answers = new Map(results.map((result) => [subscriptionKey(result), result]));
      for (const subscription of batch) {
        const key = subscriptionKey(subscription);
        const answer = answers.get(key);
        if (answer?.subscribed) active.set(key, subscription);
        else refusals.push({ ...subscription, reason: refusalReason(answer) });
      }
    }
    return refusals;
  }

  function* batches(items: readonly Subscription[]): Generator<Subscription[]> {
    for (let start = 0; start < items.length; start += itemsPerCall) yield items.slice(start, start + itemsPerCall);
  }

  function reportGaps(keys: readonly string[], toMs: number): Subscription[] {
    const losses = keys.flatMap((key) => lost.get(key) ?? []);
    for (const key of keys) lost.delete(key);
    for (const fromMs of new Set(losses.map((loss) => loss.fromMs))) {
      const subscriptions = losses.flatMap((loss) => (loss.fromMs === fromMs ? [loss.subscription] : []));
      onGap({ fromMs, toMs, subscriptions });
    }
    return losses.map(({ subscription }) => subscription);
  }

  /** Once for all, so that what is refused is not left out; and then for each item that is granted later. */
  function reportLost(): Subscription[] {
    const toMs = clock();
    const told = reportGaps(
      [...lost.keys()].filter((key) => isGapDue || active.has(key)),
      toMs,
    );
    isGapDue = false;
    for (const subscription of told) if (!active.has(subscriptionKey(subscription))) markLost(subscription, toMs);
    return told;
  }

  async function checkOffer(subscriptions: readonly Subscription[], hub: HubMethods) {
    const names = await hub.availableSubscriptions().catch(() => {
      log.warn('the RTE hub does not tell which subscriptions it offers');
      return [];
    });
    const spelling = new Map(names.map((name) => [name.toLowerCase(), name]));
    const offered: Subscription[] = [];
    const refusals: RefusedSubscription[] = [];
    for (const { entityId, eventName } of subscriptions) {
      const name = names.length === 0 ? eventName : spelling.get(eventName.toLowerCase());
      if (name === undefined) refusals.push({ entityId, eventName, reason: 'the hub offers no event of this name' });
      else offered.push({ entityId, eventName: name });
    }
    return { offered, refusals };
  }

  async function synchronise(hub: HubMethods): Promise<Subscription[]> {
    const connection = connections;
    const assertConnected = () => {
      if (connection !== connections) throw new TransientError('The connection to the RTE hub ended meanwhile');
    };
    const unresolved = await resolveWanted();
    assertConnected();
    await returnUnwanted(hub, assertConnected);
    const present = [...unresolved, ...(await takeMissing(hub, assertConnected))];
    logRefusals(present);
    refused = present;
    return reportLost();
  }

  function logRefusals(present: readonly RefusedSubscription[]): void {
    const known = new Set(refused.map((refusal) => `${subscriptionKey(refusal)} ${refusal.reason}`));
    const fresh = present.filter((refusal) => !known.has(`${subscriptionKey(refusal)} ${refusal.reason}`));
    for (const { entityId, eventName, reason } of fresh.slice(0, MAX_LOGGED)) {
      log.warn('subscription refused', { entity: entityId, event: eventName, reason });
    }
    if (fresh.length > MAX_LOGGED) log.warn('more subscriptions refused', { count: fresh.length - MAX_LOGGED });
  }

  return {
    active: () => [...active.values()],
    refused: () => refused,
    want: (newRules) => {
      rules = newRules;
      resolver.outdate();
    },
    synchronise: (hub) => {
      const result = queue.then(() => synchronise(hub));
      queue = result.catch(() => {});
      return result;
    },
    lose: (lastAliveMs) => {
      connections += 1;
      for (const subscription of active.values()) markLost(subscription, lastAliveMs);
      active.clear();
      isGapDue = true;
    },
    missedSince: (sinceMs) => {
      missedSinceMs = sinceMs;
      markMissed(wanted.values());
      isGapDue = true;
    },
    giveUp: () => void reportGaps([...lost.keys()], clock()),
  };
}

const MAX_LOGGED = 20;

function refusalReason(answer: SubscriptionResult | undefined): string {
  if (answer === undefined) return 'the hub gave no answer to this item';
  return answer.message ?? 'the hub gave no reason';
}
