import { hash } from 'node:crypto';
import { CLOUD_EVENT_MEDIA_TYPE, type CloudEvent, cloudEventSchema } from '../events/cloud-event.ts';
import * as z from '../zod.ts';
import type { OutgoingMessage } from './bus.ts';

/** A message as a function gets it: the raw body, and of the metadata just what reading an event needs. */
export interface IncomingMessage {
  readonly body: Uint8Array;
  readonly contentType: string | undefined;
  readonly applicationProperties: Readonly<Record<string, unknown>>;
}

/** The message cannot be understood, now or later. Throwing it leaves the message to the queue's dead letters. */
export class UnreadableMessageError extends Error {
  override readonly name = 'UnreadableMessageError';
}

/** CloudEvents AMQP binding 1.0.2: attributes as properties carry this prefix; older senders use a colon. */
const PREFIX = 'cloudEvents_';
const OLD_PREFIX = 'cloudEvents:';

/** Service Bus takes message ids of at most so many characters. */
const MAX_MESSAGE_ID_LENGTH = 128;

/**
 * An event as a bus message: structured mode, with the attributes repeated as properties for subscription filters.
 * The message id is made of `source` and `id`, which together name one occurrence.
 *
 * @param body the event as JSON where it is written already
 */
export function toEventMessage(event: CloudEvent, lane: string, body: unknown = event): OutgoingMessage {
  return {
    messageId: messageIdOf(event),
    sessionId: lane,
    subject: event.type,
    contentType: CLOUD_EVENT_MEDIA_TYPE,
    body,
    applicationProperties: attributeProperties(event),
  };
}

function messageIdOf({ source, id }: CloudEvent): string {
  const text = `${source} ${id}`;
  return text.length <= MAX_MESSAGE_ID_LENGTH ? text : hash('sha256', text, 'base64url');
}

/** Attribute by attribute, because the relay does this thousands of times a second. */
function attributeProperties(event: CloudEvent): Record<string, string> {
  const { traceparent, tracestate } = event;
  const properties: Record<string, string> = {
    cloudEvents_specversion: event.specversion,
    cloudEvents_id: event.id,
    cloudEvents_source: event.source,
    cloudEvents_type: event.type,
    cloudEvents_subject: event.subject,
    cloudEvents_time: event.time,
    cloudEvents_datacontenttype: event.datacontenttype,
  };
  if (traceparent !== undefined) properties.cloudEvents_traceparent = traceparent;
  if (tracestate !== undefined) properties.cloudEvents_tracestate = tracestate;
  return properties;
}

/** Reads an event in structured or binary mode. @throws UnreadableMessageError */
export function fromEventMessage(message: IncomingMessage): CloudEvent {
  const json = parseJson(message.body);
  const isStructured = message.contentType?.toLowerCase().startsWith('application/cloudevents') ?? false;
  const parsed = z.safeParse(cloudEventSchema, isStructured ? json : { ...attributesOf(message), data: json });
  if (!parsed.success) {
    const where = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ');
    throw new UnreadableMessageError(`not a CloudEvents 1.0 event: ${where}`);
  }
  return parsed.data;
}

/** @throws UnreadableMessageError */
export function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    throw new UnreadableMessageError('the body is not JSON in UTF-8');
  }
}

function attributesOf(message: IncomingMessage): Record<string, unknown> {
  const attributes: [string, unknown][] = [];
  for (const [name, value] of Object.entries(message.applicationProperties)) {
    const prefix = [PREFIX, OLD_PREFIX].find((candidate) => name.startsWith(candidate));
    // The Functions host turns property values that look like numbers into numbers.
    if (prefix !== undefined) attributes.push([name.slice(prefix.length), String(value)]);
  }
  return { datacontenttype: message.contentType, ...Object.fromEntries(attributes) };
}
