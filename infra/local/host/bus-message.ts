import type { ServiceBusReceivedMessage } from '@azure/service-bus';

/** A received message, reduced to what the trigger's builders need and free of the client library's types. */
export interface BusMessage {
  body: Buffer;
  messageId: string | undefined;
  sequenceNumber: bigint;
  /** 1 on the first delivery; the wire counts from 0. */
  deliveryCount: number;
  lockToken: string | undefined;
  enqueuedAtMs: number;
  expiresAtMs: number;
  sessionId: string | undefined;
  replyToSessionId: string | undefined;
  correlationId: string | undefined;
  contentType: string | undefined;
  subject: string | undefined;
  to: string | undefined;
  replyTo: string | undefined;
  partitionKey: string | undefined;
  transactionPartitionKey: string | undefined;
  deadLetterSource: string | undefined;
  applicationProperties: Readonly<Record<string, unknown>>;
}

/**
 * Reads a message that was received with `skipParsingBodyAsJson` and `skipConvertingDate`.
 *
 * @throws {Error} for a body in an AMQP value or sequence section that is not text: the extension reads data sections only.
 */
export function readBusMessage(message: ServiceBusReceivedMessage): BusMessage {
  return {
    body: bodyBytes(message.body),
    messageId: optionalText(message.messageId),
    sequenceNumber: BigInt(message.sequenceNumber?.toString() ?? '0'),
    deliveryCount: (message.deliveryCount ?? 0) + 1,
    lockToken: message.lockToken,
    enqueuedAtMs: message.enqueuedTimeUtc?.getTime() ?? 0,
    expiresAtMs: message.expiresAtUtc?.getTime() ?? Number.POSITIVE_INFINITY,
    sessionId: message.sessionId,
    replyToSessionId: message.replyToSessionId,
    correlationId: optionalText(message.correlationId),
    contentType: message.contentType,
    subject: message.subject,
    to: message.to,
    replyTo: message.replyTo,
    partitionKey: message.partitionKey,
    transactionPartitionKey: optionalText(message._rawAmqpMessage.messageAnnotations?.['x-opt-via-partition-key']),
    deadLetterSource: message.deadLetterSource,
    applicationProperties: message.applicationProperties ?? {},
  };
}

/** The message that an admin request with this input stands for. */
export function adminMessage(input: string, messageId: string, nowMs: number): BusMessage {
  return {
    body: Buffer.from(input),
    messageId,
    sequenceNumber: 0n,
    deliveryCount: 1,
    lockToken: undefined,
    enqueuedAtMs: nowMs,
    expiresAtMs: Number.POSITIVE_INFINITY,
    sessionId: undefined,
    replyToSessionId: undefined,
    correlationId: undefined,
    contentType: undefined,
    subject: undefined,
    to: undefined,
    replyTo: undefined,
    partitionKey: undefined,
    transactionPartitionKey: undefined,
    deadLetterSource: undefined,
    applicationProperties: {},
  };
}

function bodyBytes(body: unknown): Buffer {
  if (Buffer.isBuffer(body)) return body;
  if (body instanceof Uint8Array) return Buffer.from(body);
  if (typeof body === 'string') return Buffer.from(body);
  if (body === undefined || body === null) return Buffer.alloc(0);
  if (Array.isArray(body) && body.every((part) => Buffer.isBuffer(part))) return Buffer.concat(body);
  throw new Error('The message has a body that is neither bytes nor text; a trigger can only read those.');
}

function optionalText(value: unknown): string | undefined {
  return value === undefined || value === null ? undefined : String(value);
}
