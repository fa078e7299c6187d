import { type InvocationContext, type ServiceBusQueueTriggerOptions, trigger } from '@azure/functions';
import type { IncomingMessage } from '../shared/bus/event-message.ts';
import * as z from '../shared/zod.ts';

/** One message at a time in each session, as raw bytes: the only setting that keeps order and loses nothing. */
const LOSSLESS = { connection: 'ServiceBus', isSessionsEnabled: true, cardinality: 'one' } as const;

export function sessionQueueTrigger(queueName: ServiceBusQueueTriggerOptions['queueName']) {
  return { ...trigger.serviceBusQueue({ ...LOSSLESS, queueName }), dataType: 'binary' };
}

export function sessionTopicTrigger(topicName: string, subscriptionName: string) {
  return { ...trigger.serviceBusTopic({ ...LOSSLESS, topicName, subscriptionName }), dataType: 'binary' };
}

const bytes = z.instanceof(Uint8Array);
const metadata = z.object({
  contentType: z.optional(z.coerce.string()),
  applicationProperties: z._default(z.record(z.string(), z.unknown()), {}),
  /** With its offset, which `enqueuedTimeUtc` has not. */
  enqueuedTime: z.optional(
    z.pipe(
      z.string(),
      z.transform((time) => Date.parse(time)),
    ),
  ),
});

export function toIncomingMessage(message: unknown, context: InvocationContext): IncomingMessage {
  const { contentType, applicationProperties } = z.parse(metadata, context.triggerMetadata ?? {});
  return { body: z.parse(bytes, message), contentType, applicationProperties };
}

/** When the bus took the message, in milliseconds since the epoch. Unknown when a function is started by hand. */
export function enqueuedAtMs({ triggerMetadata = {} }: InvocationContext): number | undefined {
  const { enqueuedTime } = z.parse(metadata, triggerMetadata);
  return Number.isNaN(enqueuedTime) ? undefined : enqueuedTime;
}
