import {
  type BusEntities,
  durationMs,
  type QueueDefinition,
  type RuleDefinition,
  type SubscriptionDefinition,
  type TopicDefinition,
} from '../../shared/bus/entities.ts';

/**
 * What Microsoft's Service Bus emulator allows at most, by the schema of its configuration
 * (github.com/Azure/azure-service-bus-emulator-installer, ServiceBus-Emulator/Schema/Config-schema.json).
 */
const LONGEST_TIME_TO_LIVE = 'PT1H';
const LONGEST_DUPLICATE_WINDOW = 'PT5M';
const LONGEST_LOCK = 'PT5M';
const MOST_DELIVERIES = 10;

/**
 * The configuration of Microsoft's Service Bus emulator for the same entities, with what it can't do brought down to what it can. It
 * has no words for the size of messages, and none for errors of filters.
 */
export function emulatorEntities({ queues, topics }: BusEntities) {
  return {
    UserConfig: {
      // The emulator has one namespace, which is always called so.
      Namespaces: [{ Name: 'sbemulatorns', Queues: queues.map(queue), Topics: topics.map(topic) }],
      Logging: { Type: 'Console' },
    },
  };
}

function queue(definition: QueueDefinition) {
  return { Name: definition.name, Properties: { ...consuming(definition), ...accepting(definition) } };
}

function topic({ subscriptions, ...definition }: TopicDefinition) {
  return {
    Name: definition.name,
    Properties: {
      DefaultMessageTimeToLive: shorter(definition.defaultMessageTimeToLive, LONGEST_TIME_TO_LIVE),
      ...accepting(definition),
    },
    Subscriptions: subscriptions.map((subscription) => ({
      Name: subscription.name,
      Properties: consuming(subscription),
      Rules: subscription.rules.map(rule),
    })),
  };
}

function consuming(definition: QueueDefinition | SubscriptionDefinition) {
  return {
    RequiresSession: definition.requiresSession,
    LockDuration: shorter(definition.lockDuration, LONGEST_LOCK),
    MaxDeliveryCount: Math.min(definition.maxDeliveryCount, MOST_DELIVERIES),
    DefaultMessageTimeToLive: shorter(definition.defaultMessageTimeToLive, LONGEST_TIME_TO_LIVE),
    DeadLetteringOnMessageExpiration: definition.deadLetteringOnMessageExpiration,
  };
}

function accepting(definition: QueueDefinition | Omit<TopicDefinition, 'subscriptions'>) {
  return {
    RequiresDuplicateDetection: definition.requiresDuplicateDetection,
    DuplicateDetectionHistoryTimeWindow: shorter(
      definition.duplicateDetectionHistoryTimeWindow,
      LONGEST_DUPLICATE_WINDOW,
    ),
  };
}

function rule(definition: RuleDefinition) {
  const { name: Name } = definition;
  if (definition.filterType === 'SqlFilter') {
    const { sqlExpression } = definition.sqlFilter;
    return { Name, Properties: { FilterType: 'Sql', SqlFilter: { SqlExpression: sqlExpression } } };
  }
  const filter = Object.entries(definition.correlationFilter).map(([key, value]) => [capitalised(key), value]);
  return { Name, Properties: { FilterType: 'Correlation', CorrelationFilter: Object.fromEntries(filter) } };
}

function capitalised(key: string): string {
  return key.charAt(0).toUpperCase() + key.slice(1);
}

function shorter(duration: string, longest: string): string {
  return (durationMs(duration) ?? 0) > (durationMs(longest) ?? 0) ? longest : duration;
}
