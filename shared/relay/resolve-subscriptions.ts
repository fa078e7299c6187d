import type { EnreachClient } from '../enreach/enreach-client.ts';
import { type RefusedSubscription, type Subscription, subscriptionKey } from './subscription.ts';
import type { SubscriptionRule, SubscriptionRules } from './subscription-rules.ts';

/** The names of all events, by the kind of entity that they are about. */
export interface EventNames {
  readonly user: readonly string[];
  readonly queue: readonly string[];
  readonly callList: readonly string[];
}

export interface ResolvedSubscriptions {
  /** Without doubles. */
  readonly subscriptions: readonly Subscription[];
  /** Rules that EnreachAPI did not help to resolve; their event is `*` where that was wanted. */
  readonly unresolved: readonly RefusedSubscription[];
}

/** Asks EnreachAPI what the rules stand for. Never rejects: one rule that fails leaves the others as they are. */
export async function resolveSubscriptions(
  rules: SubscriptionRules,
  enreach: EnreachClient,
  eventNames: EventNames,
): Promise<ResolvedSubscriptions> {
  const subscriptions = new Map<string, Subscription>();
  const unresolved: RefusedSubscription[] = [];
  for (const rule of rules) {
    try {
      const { entityIds, all } = await entitiesOf(rule, enreach, eventNames);
      for (const entityId of entityIds) {
        for (const eventName of rule.events === '*' ? all : rule.events) {
          const subscription = { entityId, eventName };
          subscriptions.set(subscriptionKey(subscription), subscription);
        }
      }
    } catch (error) {
      const reason = error instanceof Error ? error.message : 'EnreachAPI could not be asked';
      const eventNamesOfRule = rule.events === '*' ? ['*'] : rule.events;
      unresolved.push(...eventNamesOfRule.map((eventName) => ({ entityId: subjectOf(rule), eventName, reason })));
    }
  }
  return { subscriptions: [...subscriptions.values()], unresolved };
}

interface Entities {
  readonly entityIds: readonly string[];
  /** What `*` stands for. */
  readonly all: readonly string[];
}

async function entitiesOf(rule: SubscriptionRule, enreach: EnreachClient, eventNames: EventNames): Promise<Entities> {
  const userId = (user: string) => (user === 'me' ? enreach.ownUserId() : user);
  if ('entity' in rule) return { entityIds: [rule.entity], all: [] };
  if ('callLists' in rule) return { entityIds: rule.callLists, all: eventNames.callList };
  if ('users' in rule) {
    return { entityIds: await Promise.all(rule.users.map(userId)), all: eventNames.user };
  }
  const queues = await enreach.queuesOf(await userId(rule.queuesOf));
  return { entityIds: queues.map(({ id }) => id), all: eventNames.queue };
}

/** Only rules that name a user are ever asked for. */
function subjectOf(rule: SubscriptionRule): string {
  if ('queuesOf' in rule) return rule.queuesOf;
  return 'users' in rule ? rule.users.join(',') : '';
}
