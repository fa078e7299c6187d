import type { BusMessage } from './bus-message.ts';
import type { Payload } from './function-runner.ts';
import type { TypedData } from './rpc.ts';
import type { ServiceBusTrigger } from './triggers.ts';
import { byteArrays, bytes, json, longs, text, texts } from './typed-data.ts';

type Shape = Pick<ServiceBusTrigger, 'bindingName' | 'cardinality' | 'dataType' | 'sessions'>;

/**
 * What the Service Bus extension hands to a function: body and metadata of one message, or of a batch when the cardinality
 * is `many`.
 *
 * @param keepEmpty the app set the capability `IncludeEmptyEntriesInMessagePayload`.
 * @throws {SyntaxError} when a batch without a dataType holds a body that is not JSON: the whole batch fails.
 */
export function busPayload(trigger: Shape, messages: readonly BusMessage[], keepEmpty: boolean): Payload {
  const [first] = messages;
  if (first === undefined) throw new Error('A Service Bus function needs at least one message.');
  const one = trigger.cardinality === 'one';
  const data = one ? singleBody(trigger, first) : batchBody(trigger, messages, keepEmpty);
  const metadata = one ? singleMetadata(first) : batchMetadata(messages, keepEmpty);
  const parent = one ? first.applicationProperties['Diagnostic-Id'] : undefined;
  return {
    inputData: [{ name: trigger.bindingName, data }],
    triggerMetadata: {
      ...opaque(trigger.sessions),
      ...(data.string === undefined ? metadata : withBodyMembers(metadata, data.string)),
    },
    ...(typeof parent === 'string' ? { traceParent: parent } : {}),
  };
}

function singleBody(trigger: Shape, message: BusMessage): TypedData {
  return trigger.dataType === 'binary' ? bytes(message.body) : text(message.body.toString('utf8'));
}

function batchBody(trigger: Shape, messages: readonly BusMessage[], keepEmpty: boolean): TypedData {
  const bodies = messages.map((message) => message.body);
  if (trigger.dataType === 'binary') return byteArrays(bodies);
  const decoded = bodies.map((body) => body.toString('utf8'));
  if (trigger.dataType === 'string') return texts(decoded, keepEmpty);
  return json(decoded.map((body) => JSON.parse(body, (_, value) => rewriteDate(value))));
}

/** A text such as `2026-11-20T10:00:00.120Z`, which Newtonsoft takes for a date and writes in its own way. */
const dateText = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?$/;

function rewriteDate(value: unknown): unknown {
  if (typeof value !== 'string' || !dateText.test(value)) return value;
  const parsed = new Date(value);
  if (Number.isNaN(parsed.getTime())) return value;
  if (/[+-]\d\d:\d\d$/.test(value)) return `${trimFraction(parsed.toISOString().slice(0, -1))}+00:00`;
  return value.replace(/\.\d+/, (fraction) => trimFraction(fraction.slice(0, 8)));
}

function trimFraction(timestamp: string): string {
  return timestamp.replace(/\.?0+$/, (zeros) => (timestamp.includes('.') ? '' : zeros));
}

/** Objects of the extension that mean nothing outside of .NET; a function sees that they exist. */
function opaque(sessions: boolean): Record<string, TypedData> {
  const names = ['MessageReceiver', 'MessageActions', 'ReceiveActions', 'Client'];
  if (sessions) names.push('MessageSession', 'SessionActions');
  return Object.fromEntries(names.map((name) => [name, json({})]));
}

const textMembers: Readonly<Record<string, (message: BusMessage) => string | undefined>> = {
  DeadLetterSource: (message) => message.deadLetterSource,
  LockToken: (message) => message.lockToken,
  MessageId: (message) => message.messageId,
  ContentType: (message) => message.contentType,
  ReplyTo: (message) => message.replyTo,
  To: (message) => message.to,
  Subject: (message) => message.subject,
  Label: (message) => message.subject,
  CorrelationId: (message) => message.correlationId,
  SessionId: (message) => message.sessionId,
  ReplyToSessionId: (message) => message.replyToSessionId,
  PartitionKey: (message) => message.partitionKey,
  TransactionPartitionKey: (message) => message.transactionPartitionKey,
};

const jsonMembers: Readonly<Record<string, (message: BusMessage) => unknown>> = {
  DeliveryCount: (message) => message.deliveryCount,
  ExpiresAtUtc: (message) => dotnetTime(message.expiresAtMs),
  ExpiresAt: (message) => `${dotnetTime(message.expiresAtMs)}+00:00`,
  EnqueuedTimeUtc: (message) => dotnetTime(message.enqueuedAtMs),
  EnqueuedTime: (message) => `${dotnetTime(message.enqueuedAtMs)}+00:00`,
  ApplicationProperties: (message) => plainProperties(message.applicationProperties),
  UserProperties: (message) => plainProperties(message.applicationProperties),
};

function singleMetadata(message: BusMessage): Record<string, TypedData> {
  const metadata: Record<string, TypedData> = { SequenceNumber: { json: message.sequenceNumber.toString() } };
  for (const [name, read] of Object.entries(jsonMembers)) metadata[name] = json(read(message));
  for (const [name, read] of Object.entries(textMembers)) {
    const value = read(message);
    if (value !== undefined) metadata[name] = text(value);
  }
  return metadata;
}

function batchMetadata(messages: readonly BusMessage[], keepEmpty: boolean): Record<string, TypedData> {
  const numbers = messages.map((message) => message.sequenceNumber);
  const metadata: Record<string, TypedData> = { SequenceNumberArray: longs(numbers) };
  for (const [name, read] of Object.entries(jsonMembers)) metadata[`${name}Array`] = json(messages.map(read));
  for (const [name, read] of Object.entries(textMembers))
    metadata[`${name}Array`] = texts(messages.map(read), keepEmpty);
  return metadata;
}

/**
 * Lays the top-level members of a JSON object over the metadata, ignoring case, as the host does with a text body: a sender
 * can so replace `deliveryCount` or `messageId`. Arrays and nulls stay out.
 */
function withBodyMembers(metadata: Record<string, TypedData>, body: string): Record<string, TypedData> {
  const merged = { ...metadata };
  const names = new Map(Object.keys(merged).map((name) => [name.toLowerCase(), name]));
  for (const [name, value] of Object.entries(jsonObject(body))) {
    if (Array.isArray(value) || value === null) continue;
    const key = names.get(name.toLowerCase()) ?? name;
    names.set(name.toLowerCase(), key);
    merged[key] = typeof value === 'string' ? text(value) : json(value);
  }
  return merged;
}

function jsonObject(body: string): object {
  try {
    const parsed: unknown = JSON.parse(body);
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed) ? parsed : {};
  } catch {
    return {};
  }
}

const latestMs = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

/** A `DateTime` without zone, fraction trimmed, as Newtonsoft writes it; beyond the year 9999 it is .NET's latest time. */
function dotnetTime(ms: number): string {
  if (ms >= latestMs) return '9999-12-31T23:59:59.9999999';
  return trimFraction(new Date(ms).toISOString().slice(0, -1));
}

function plainProperties(properties: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const entries = Object.entries(properties);
  return Object.fromEntries(
    entries.map(([name, value]) => [name, Buffer.isBuffer(value) ? value.toString('base64') : value]),
  );
}
