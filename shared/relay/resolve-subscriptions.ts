import type { EnreachClient } from '../enreach/enreach-client.ts';
import type { RefusedSubscription, Subscription } from './subscription.ts';
import type { SubscriptionRule, SubscriptionRules } from './subscription-rules.ts';

/** The names of all events, by the kind of entity that they are about. */
export interface EventNames {
  readonly user: readonly string[];
  readonly queue: readonly string[];
  readonly callList: readonly string[];
}

export interface ResolvedRule {
  readonly rule: SubscriptionRule;
  /** May have doubles. Where EnreachAPI does not help now, what it said before holds. */
  readonly subscriptions: readonly Subscription[];
  /** What EnreachAPI did not help to find now; their event is `*` where that was wanted. */
  readonly unresolved: readonly RefusedSubscription[];
}

/** Asks EnreachAPI what rules stand for, and remembers that for as long as it does not answer. */
export interface SubscriptionResolver {
  /** One for each rule. Never rejects: what can't be resolved leaves the rest as it is. */
  resolve(rules: SubscriptionRules): Promise<ResolvedRule[]>;
  /** From the next answer on, a user's queues are those that it holds, without those that were found before. */
  outdate(): void;
}

export function createSubscriptionResolver(enreach: EnreachClient, eventNames: EventNames): SubscriptionResolver {
  let ownUserId: string | undefined;
  /** By the user's id. */
  const queues = new Map<string, { readonly ids: ReadonlySet<string>; readonly isOutdated: boolean }>();

  async function userId(user: string): Promise<string> {
    if (user !== 'me') return user;
    try {
      ownUserId = await enreach.ownUserId();
    } catch (error) {
      if (ownUserId === undefined) throw error;
    }
    return ownUserId;
  }

  async function findQueues(user: string): Promise<void> {
    const present = (await enreach.queuesOf(user)).map(({ id }) => id);
    const earlier = queues.get(user);
    // A queue that EnreachAPI leaves out for once must not be unsubscribed: what was found stays.
    const kept = earlier === undefined || earlier.isOutdated ? [] : earlier.ids;
    queues.set(user, { ids: new Set([...kept, ...present]), isOutdated: false });
  }

  async function resolveRule(rule: SubscriptionRule): Promise<ResolvedRule> {
    const unresolved: RefusedSubscription[] = [];
    const orReport = async <Result>(subject: string, asked: Promise<Result>): Promise<Result | undefined> => {
      try {
        return await asked;
      } catch (error) {
        const reason = error instanceof Error ? error.message : 'EnreachAPI could not be asked';
        const names = rule.events === '*' ? ['*'] : rule.events;
        unresolved.push(...names.map((eventName) => ({ entityId: subject, eventName, reason })));
        return undefined;
      }
    };
    const found = async (): Promise<Entities> => {
      if ('entity' in rule) return { entityIds: [rule.entity], all: [] };
      if ('callLists' in rule) return { entityIds: rule.callLists, all: eventNames.callList };
      if ('users' in rule) {
        const ids = await Promise.all(rule.users.map((user) => orReport(user, userId(user))));
        return { entityIds: ids.filter((id) => id !== undefined), all: eventNames.user };
      }
      const user = await orReport(rule.queuesOf, userId(rule.queuesOf));
      if (user === undefined) return { entityIds: [], all: eventNames.queue };
      await orReport(rule.queuesOf, findQueues(user));
      return { entityIds: [...(queues.get(user)?.ids ?? [])], all: eventNames.queue };
    };
    const { entityIds, all } = await found();
    const names = rule.events === '*' ? all : rule.events;
    const subscriptions = entityIds.flatMap((entityId) => names.map((eventName) => ({ entityId, eventName })));
    return { rule, subscriptions, unresolved };
  }

  return {
    resolve: async (rules) => {
      const resolved: ResolvedRule[] = [];
      for (const rule of rules) resolved.push(await resolveRule(rule));
      return resolved;
    },
    outdate: () => {
      for (const [user, { ids }] of queues) queues.set(user, { ids, isOutdated: true });
    },
  };
}

interface Entities {
  readonly entityIds: readonly string[];
  /** What `*` stands for. */
  readonly all: readonly string[];
}
