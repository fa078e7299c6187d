import { randomUUID } from 'node:crypto';
import type { OutgoingMessage } from '../bus/bus.ts';
import type { CloudEvent } from '../events/cloud-event.ts';
import type { Delivery } from './delivery.ts';

/** The queue that keeps what was given up, until somebody replays or removes it. */
export const FAILED_QUEUE = 'failed';

/** Why a delivery, or the matching of one route, was given up. Holds no personal data. */
export interface Failure {
  readonly errorClass: string;
  readonly message: string;
  readonly httpStatus?: number | undefined;
  readonly attempts: number;
  /** RFC 3339. */
  readonly firstAttemptAt: string;
  /** RFC 3339. */
  readonly lastAttemptAt: string;
}

/** A delivery that was given up: it and its event in the body, the reason in properties that can be listed and filtered. */
export function failedDeliveryMessage(delivery: Delivery, failure: Failure): OutgoingMessage {
  return toMessage(delivery.event, failure, { delivery }, { route: delivery.route, step: delivery.stepName });
}

/** A route whose condition could not be evaluated for an event. */
export function failedMatchMessage(event: CloudEvent, route: string, failure: Failure): OutgoingMessage {
  return toMessage(event, failure, { event, route }, { route });
}

function toMessage(
  { id, traceparent }: CloudEvent,
  failure: Failure,
  body: Readonly<Record<string, unknown>>,
  properties: Readonly<Record<string, string>>,
): OutgoingMessage {
  return {
    messageId: randomUUID(),
    subject: failure.errorClass,
    contentType: 'application/json',
    body: { ...body, failure },
    applicationProperties: {
      ...properties,
      eventId: id,
      errorClass: failure.errorClass,
      errorMessage: failure.message,
      attempts: failure.attempts,
      firstAttemptAt: failure.firstAttemptAt,
      lastAttemptAt: failure.lastAttemptAt,
      ...(failure.httpStatus !== undefined && { httpStatus: failure.httpStatus }),
      ...(traceparent !== undefined && { traceparent }),
    },
  };
}
