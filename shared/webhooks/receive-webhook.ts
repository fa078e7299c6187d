import { createHash } from 'node:crypto';
import { canonicaliseKeys, countUnknownKeys, keyTreeOf, pointerInOriginal } from '../events/canonical-keys.ts';
import { type CloudEvent, MAX_EVENT_BYTES } from '../events/cloud-event.ts';
import { contentHash } from '../events/content-hash.ts';
import type { WebhookKind } from '../events/webhook-kind.ts';
import type { Log } from '../log.ts';
import { jsonAnswer, problemAnswer, type WebhookAnswer } from './problem.ts';
import { readBody, type WebhookRequest } from './read-body.ts';
import { senderEventId } from './sender-event-id.ts';
import { approximateOccurrence, occurrenceOf, type Sightings } from './sightings.ts';

/** How long a sender is asked to wait when the bus does not take its event. */
const BUS_RETRY_AFTER_SECONDS = 5;

/** Characters of base64url: 132 bits. */
const DERIVED_ID_LENGTH = 22;

export interface WebhookReceiverOptions {
  readonly maxBodyBytes: number;
  readonly sightings: Sightings;
  /** Resolves once the bus has confirmed the event. */
  readonly publish: (event: CloudEvent) => Promise<void>;
  readonly clock: () => number;
}

/** HTTP status codes by which a sender is told whether the bus has confirmed its event. */
interface WebhookStatuses {
  readonly taken: number;
  readonly notTaken: number;
}

/**
 * Makes the receiver of one kind of webhook: checks the request in a fixed order, makes an event of it, and answers
 * `statuses.taken` with the event's id only when the bus has confirmed it. Every other answer is an RFC 9457 problem.
 */
export function createWebhookReceiver<Payload extends Record<string, unknown>>(
  kind: WebhookKind<Payload>,
  { maxBodyBytes, sightings, publish, clock }: WebhookReceiverOptions,
  statuses: WebhookStatuses = { taken: 202, notTaken: 503 },
): (request: WebhookRequest, log: Log) => Promise<WebhookAnswer> {
  const keyTree = keyTreeOf(kind.schema);

  return async (request, log) => {
    const refuse = (answer: WebhookAnswer) => {
      log.warn('refused', { status: answer.status });
      return answer;
    };
    const body = readBody(request, maxBodyBytes);
    if (!body.ok) return refuse(body.answer);
    const { payload, payloadPointer, structuredModeId } = body.value;
    const parsed = kind.schema.safeParse(canonicaliseKeys(payload, keyTree));
    if (!parsed.success) {
      const errors = parsed.error.issues.map((issue) => ({
        pointer: payloadPointer + pointerInOriginal(payload, issue.path),
        detail: issue.message,
      }));
      const detail = 'The body is JSON, but not the payload that this address expects.';
      return refuse(problemAnswer({ status: 422, title: 'Wrong shape', detail, errors }));
    }

    const data = parsed.data;
    const now = clock();
    const source = kind.source(data);
    const type = kind.type(data);
    const key = kind.key?.(data);
    const hash = contentHash(key === undefined ? { source, type, data } : { source, type, key });
    const ownId =
      key === undefined ? senderEventId(request.headers, structuredModeId, hash) : hash.slice(0, DERIVED_ID_LENGTH);
    const event: CloudEvent = {
      specversion: '1.0',
      id: ownId ?? (await derivedId(hash, now, log)),
      source,
      type,
      subject: kind.subject(data),
      time: kind.time(data) ?? new Date(now).toISOString(),
      datacontenttype: 'application/json',
      ...traceContext(request.headers),
      data,
    };

    // Numbers can be written shorter than JSON writers write them: the body's size alone does not tell.
    if (Buffer.byteLength(JSON.stringify(event)) > MAX_EVENT_BYTES) {
      const detail = `The event made of the body may have at most ${MAX_EVENT_BYTES} bytes.`;
      return refuse(problemAnswer({ status: 413, title: 'Body too large', detail }));
    }

    try {
      await publish(event);
    } catch (error) {
      if (ownId === undefined) await sightings.markUnconfirmed(hash).catch(() => undefined);
      log.error('refused: the bus does not take events', { event: event.id, reason: errorName(error) });
      return problemAnswer({
        status: statuses.notTaken,
        title: 'Not taken',
        detail: 'The event could not be stored. Send it again.',
        retryAfterSeconds: BUS_RETRY_AFTER_SECONDS,
      });
    }
    const unknown = countUnknownKeys(data, keyTree);
    log.info('accepted', { event: event.id, type, subject: event.subject, unknownKeys: unknown || undefined });
    return jsonAnswer(statuses.taken, { id: event.id });
  };

  async function derivedId(hash: string, now: number, log: Log): Promise<string> {
    let occurrence: number;
    try {
      occurrence = await occurrenceOf(hash, now, sightings);
    } catch (error) {
      occurrence = approximateOccurrence(now);
      log.warn('repeats are recognised only roughly: the table does not answer', { reason: errorName(error) });
    }
    return createHash('sha256').update(`${hash} ${occurrence}`).digest('base64url').slice(0, DERIVED_ID_LENGTH);
  }
}

/** Ids of zeros only are invalid. */
const TRACEPARENT = /^(?!ff)[\da-f]{2}-(?!0{32})[\da-f]{32}-(?!0{16})[\da-f]{16}-[\da-f]{2}$/;

/** W3C trace context (https://www.w3.org/TR/trace-context/), passed on when it is well formed. */
function traceContext(headers: WebhookRequest['headers']): Pick<CloudEvent, 'traceparent' | 'tracestate'> {
  const { traceparent, tracestate } = headers;
  if (traceparent === undefined || !TRACEPARENT.test(traceparent)) return {};
  return tracestate === undefined || tracestate.length > 512 ? { traceparent } : { traceparent, tracestate };
}

function errorName(error: unknown): string {
  return error instanceof Error ? error.name : 'unknown';
}
