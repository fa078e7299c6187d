import { type BusEntities, durationMs } from '../../../../shared/bus/entities.ts';
import { ConfigurationError } from '../../../../shared/errors.ts';
import { compileRules, type Filter } from './filters.ts';

/** The entities with their times in milliseconds and their filters as functions. */
export interface EntityOptions {
  readonly queues: readonly (ConsumingOptions & AcceptingOptions)[];
  readonly topics: readonly (AcceptingOptions & { readonly subscriptions: readonly SubscriptionOptions[] })[];
}

export interface ConsumingOptions {
  readonly path: string;
  readonly requiresSession: boolean;
  readonly lockDurationMs: number;
  readonly maxDeliveryCount: number;
  readonly defaultTtlMs: number;
  readonly deadLetterOnExpiry: boolean;
}

export interface AcceptingOptions {
  readonly path: string;
  readonly duplicateWindowMs: number | undefined;
  readonly maxMessageBytes: number;
}

export interface SubscriptionOptions extends ConsumingOptions {
  readonly filter: Filter;
}

/** Throws one ConfigurationError for all that the definition asks for and the broker cannot do. */
export function entityOptions(entities: BusEntities): EntityOptions {
  const problems: string[] = [];
  const options: EntityOptions = {
    queues: entities.queues.map((queue) => ({ ...consuming(queue.name, queue), ...accepting(queue) })),
    topics: entities.topics.map((topic) => ({
      ...accepting(topic),
      subscriptions: topic.subscriptions.map((subscription) => {
        const path = `${topic.name}/Subscriptions/${subscription.name}`;
        const own = consuming(path, subscription);
        return {
          ...own,
          // A message expires when the first of the two says so.
          defaultTtlMs: Math.min(own.defaultTtlMs, milliseconds(topic.defaultMessageTimeToLive)),
          filter: compileRules(subscription.rules, path, problems),
        };
      }),
    })),
  };
  if (problems.length > 0) throw new ConfigurationError('the bus entities', problems);
  return options;
}

function consuming(
  path: string,
  definition: BusEntities['topics'][number]['subscriptions'][number] | BusEntities['queues'][number],
): ConsumingOptions {
  return {
    path,
    requiresSession: definition.requiresSession,
    lockDurationMs: milliseconds(definition.lockDuration),
    maxDeliveryCount: definition.maxDeliveryCount,
    defaultTtlMs: milliseconds(definition.defaultMessageTimeToLive),
    deadLetterOnExpiry: definition.deadLetteringOnMessageExpiration,
  };
}

function accepting(definition: BusEntities['queues'][number] | BusEntities['topics'][number]): AcceptingOptions {
  return {
    path: definition.name,
    duplicateWindowMs: definition.requiresDuplicateDetection
      ? milliseconds(definition.duplicateDetectionHistoryTimeWindow)
      : undefined,
    maxMessageBytes: definition.maxMessageSizeInKilobytes * 1024,
  };
}

function milliseconds(duration: string): number {
  return durationMs(duration) ?? Number.POSITIVE_INFINITY;
}
