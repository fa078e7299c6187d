import { createHash } from 'node:crypto';
import type { OutgoingMessage } from '../bus/bus.ts';
import { parseJson, UnreadableMessageError } from '../bus/event-message.ts';
import { laneOf } from '../bus/lane.ts';
import { type CloudEvent, cloudEventSchema } from '../events/cloud-event.ts';
import * as z from '../zod.ts';
import type { DeliveryKey } from './ledger.ts';

const time = z.string().check(z.refine((value) => !Number.isNaN(Date.parse(value)), 'Invalid time'));

const deliverySchema = z.object({
  event: cloudEventSchema,
  /** Id of the route. */
  route: z.string(),
  /** Position of the step in the route, from 0. */
  step: z.int().check(z.nonnegative()),
  /** The step's name when the delivery was made: tells whether the route has been rewritten since. */
  stepName: z.string(),
  /** What earlier steps of the route gave, by the names that the route chose. */
  results: z.record(z.string(), z.unknown()),
  /** 1 for the first try; each copy scheduled for later has one more. */
  attempt: z.int().check(z.positive()),
  /** RFC 3339. */
  firstAttemptAt: time,
  /** When the bus took the event, RFC 3339. */
  acceptedAt: z.optional(time),
});

/** The message that carries one step of one route for one event to a destination's queue. */
export type Delivery = z.infer<typeof deliverySchema>;

/** @throws UnreadableMessageError */
export function readDelivery(body: Uint8Array): Delivery {
  const parsed = z.safeParse(deliverySchema, parseJson(body));
  if (!parsed.success) throw new UnreadableMessageError('not a delivery');
  return parsed.data;
}

/** The first delivery of a route for an event. Times are in milliseconds since the epoch. */
export function firstDelivery(
  event: CloudEvent,
  route: string,
  stepName: string,
  nowMs: number,
  acceptedAtMs?: number,
): Delivery {
  return {
    ...{ event, route, step: 0, stepName, results: {}, attempt: 1 },
    firstAttemptAt: new Date(nowMs).toISOString(),
    ...(acceptedAtMs !== undefined && { acceptedAt: new Date(acceptedAtMs).toISOString() }),
  };
}

export function deliveryKey({ event, route, step }: Delivery): DeliveryKey {
  const eventKey = createHash('sha256').update(`${event.source} ${event.id}`).digest('base64url');
  return { event: eventKey, route, step };
}

/** One text for a {@link DeliveryKey}, short enough for every place that a destination keeps a reference in. */
export function deliveryId({ event, route, step }: DeliveryKey): string {
  return createHash('sha256').update(`${event} ${route} ${step}`).digest('base64url');
}

/** The queue of the destination that a step belongs to: `crm.findContact` → `deliver-crm`. */
export function queueOf(stepName: string): string {
  return `deliver-${stepName.split('.', 1)[0]}`;
}

/** Attempts differ in their message id, or duplicate detection would swallow the later ones. */
export function toDeliveryMessage(delivery: Delivery, lanes: number, scheduledEnqueueTime?: Date): OutgoingMessage {
  return {
    messageId: `${deliveryId(deliveryKey(delivery))}.${delivery.attempt}`,
    sessionId: laneOf(delivery.event.subject, lanes),
    subject: delivery.stepName,
    contentType: 'application/json',
    body: delivery,
    ...(scheduledEnqueueTime && { scheduledEnqueueTime }),
  };
}
