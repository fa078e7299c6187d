import { ConfigurationError } from '../errors.ts';
import * as z from '../zod.ts';
import definition from './entities.json' with { type: 'json' };

/**
 * The queues, topics and subscriptions of the bus, under the property names that Azure Resource Manager uses.
 * Whoever creates the entities, a template or the embedded broker, reads them from here.
 */

const DURATION = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;

/** .NET's largest time span: what Azure writes for "never". */
const NEVER = 'P10675199DT2H48M5.4775807S';

/**
 * An ISO 8601 duration of days, hours, minutes and seconds in milliseconds.
 * Azure's largest duration means "never" and becomes `Infinity`; text that is no duration becomes `undefined`.
 */
export function durationMs(text: string): number | undefined {
  if (text === NEVER) return Number.POSITIVE_INFINITY;
  const parts = DURATION.exec(text)?.slice(1);
  if (parts === undefined || text.endsWith('T') || parts.every((part) => part === undefined)) return undefined;
  const [days, hours, minutes, seconds] = parts.map((part) => Number(part ?? 0));
  return Math.round((((days ?? 0) * 24 + (hours ?? 0)) * 60 + (minutes ?? 0)) * 60_000 + (seconds ?? 0) * 1_000);
}

const duration = z
  .string()
  .check(z.refine((text) => (durationMs(text) ?? 0) > 0, 'must be an ISO 8601 duration such as PT1M'));

const name = z
  .string()
  .check(z.regex(/^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$/, 'must be letters, digits, ".", "-" and "_"'));

const consuming = {
  name,
  requiresSession: z._default(z.boolean(), false),
  lockDuration: z._default(duration, 'PT1M'),
  maxDeliveryCount: z._default(z.int().check(z.positive()), 10),
  defaultMessageTimeToLive: z._default(duration, NEVER),
  deadLetteringOnMessageExpiration: z._default(z.boolean(), false),
};

const accepting = {
  requiresDuplicateDetection: z._default(z.boolean(), false),
  duplicateDetectionHistoryTimeWindow: z._default(duration, 'PT10M'),
  maxMessageSizeInKilobytes: z._default(z.int().check(z.positive()), 256),
};

const correlationFilter = z.strictObject({
  correlationId: z.optional(z.string()),
  messageId: z.optional(z.string()),
  to: z.optional(z.string()),
  replyTo: z.optional(z.string()),
  label: z.optional(z.string()),
  sessionId: z.optional(z.string()),
  replyToSessionId: z.optional(z.string()),
  contentType: z.optional(z.string()),
  properties: z.optional(z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]))),
});

const rule = z.discriminatedUnion('filterType', [
  z.strictObject({
    name,
    filterType: z.literal('SqlFilter'),
    sqlFilter: z.strictObject({ sqlExpression: z.string() }),
  }),
  z.strictObject({ name, filterType: z.literal('CorrelationFilter'), correlationFilter }),
]);

const subscription = z.strictObject({
  ...consuming,
  deadLetteringOnFilterEvaluationExceptions: z._default(z.boolean(), true),
  rules: z._default(z.array(rule), []),
});

const queue = z.strictObject({ ...consuming, ...accepting });

const topic = z.strictObject({
  name,
  ...accepting,
  defaultMessageTimeToLive: z._default(duration, NEVER),
  subscriptions: z._default(z.array(subscription), []),
});

const schema = z.strictObject({ queues: z._default(z.array(queue), []), topics: z._default(z.array(topic), []) }).check(
  z.superRefine((bus, context) => {
    const report = (path: PropertyKey[], text: string) =>
      context.addIssue({ code: 'custom', path, message: text, input: bus });
    const entities = [
      ...bus.queues.map((entity, index) => ({ name: entity.name, path: ['queues', index] })),
      ...bus.topics.map((entity, index) => ({ name: entity.name, path: ['topics', index] })),
    ];
    for (const { name: repeated, path } of repeatedNames(entities)) {
      report([...path, 'name'], `"${repeated}" is the name of another queue or topic`);
    }
    bus.topics.forEach((owner, topicIndex) => {
      const path = ['topics', topicIndex, 'subscriptions'];
      const subscriptions = owner.subscriptions.map((entity, index) => ({ name: entity.name, path: [...path, index] }));
      for (const repeated of repeatedNames(subscriptions)) {
        report([...repeated.path, 'name'], `"${repeated.name}" is the name of another subscription of the topic`);
      }
      owner.subscriptions.forEach((entity, index) => {
        const rules = entity.rules.map((each, position) => ({
          name: each.name,
          path: [...path, index, 'rules', position],
        }));
        for (const repeated of repeatedNames(rules)) {
          report([...repeated.path, 'name'], `"${repeated.name}" is the name of another rule of the subscription`);
        }
      });
    });
  }),
);

/** Every later entry whose name an earlier one has: Service Bus compares names without regard to case. */
function repeatedNames<T extends { name: string }>(entries: readonly T[]): T[] {
  const seen = new Set<string>();
  return entries.filter((entry) => {
    const key = entry.name.toLowerCase();
    const repeated = seen.has(key);
    seen.add(key);
    return repeated;
  });
}

/** What may be written: everything but names has Azure's default. */
export type BusEntitiesInput = z.input<typeof schema>;
export type BusEntities = z.output<typeof schema>;
export type QueueDefinition = BusEntities['queues'][number];
export type TopicDefinition = BusEntities['topics'][number];
export type SubscriptionDefinition = TopicDefinition['subscriptions'][number];
export type RuleDefinition = SubscriptionDefinition['rules'][number];
export type CorrelationFilterDefinition = z.output<typeof correlationFilter>;

/** Checks a definition and fills in Azure's defaults. Throws one ConfigurationError that lists every problem. */
export function parseBusEntities(input: unknown, subject = 'the bus entities'): BusEntities {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  throw new ConfigurationError(
    subject,
    result.error.issues.map((issue) => `${issue.path.join('.') || 'the definition'}: ${issue.message}`),
  );
}

/** The entities of this bridge. */
export const busEntities: BusEntities = parseBusEntities(definition, 'shared/bus/entities.json');
