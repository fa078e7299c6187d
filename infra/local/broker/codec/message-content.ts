import type { DeliveryStamp, FilterSubject, MessageContent, PropertyChanges } from '../engine/message.ts';
import { ByteWriter } from './byte-writer.ts';
import { encodeDelivery } from './delivery.ts';
import { SECTION, type Section, splitSections } from './sections.ts';
import { type AmqpValue, elementOffsets, MalformedAmqpError, rawMapEntries, readValue } from './values.ts';

/** Annotations that only the broker writes: a sender's are left out. */
const BROKER_ANNOTATIONS: ReadonlySet<string> = new Set([
  'x-opt-sequence-number',
  'x-opt-enqueued-time',
  'x-opt-locked-until',
  'x-opt-enqueue-sequence-number',
  'x-opt-message-state',
  'x-opt-deadletter-source',
]);
const SCHEDULED_TIME = 'x-opt-scheduled-enqueue-time';

/** Positions in the properties list (part 3, section 3.2.4). */
const PROPERTY = {
  messageId: 0,
  to: 2,
  subject: 3,
  replyTo: 4,
  correlationId: 5,
  contentType: 6,
  groupId: 10,
  replyToGroupId: 12,
} as const;

interface Header {
  readonly durable: boolean;
  readonly priority: number | undefined;
  readonly ttlMs: number | undefined;
}

interface Parts {
  readonly header: Header;
  /** The sender's annotations, each key and each value still encoded. */
  readonly annotations: readonly Buffer[];
  readonly scheduledAtMs: number | undefined;
  /** Properties, application properties, body and footer: never changed unless someone asks for it. */
  readonly bare: Buffer;
}

/** An AMQP message of which only the header and the annotations are the broker's to write. */
export class AmqpContent implements MessageContent {
  readonly messageId: string;
  readonly sessionId: string | undefined;
  readonly ttlMs: number | undefined;
  readonly scheduledAtMs: number | undefined;
  readonly stored: Buffer;
  readonly size: number;
  readonly header: Header;
  readonly annotations: readonly Buffer[];
  readonly bare: Buffer;

  private constructor(parts: Parts, size: number) {
    const head = encodeHead(parts);
    // One copy of its own: slices would keep the whole network buffer alive for as long as the message waits.
    this.stored = Buffer.concat([head, parts.bare]);
    this.bare = this.stored.subarray(head.length);
    this.header = parts.header;
    this.annotations = parts.annotations.map((bytes) => Buffer.from(bytes));
    this.size = size;
    this.ttlMs = parts.header.ttlMs;
    this.scheduledAtMs = parts.scheduledAtMs;
    const properties = this.#properties();
    this.messageId = textOf(properties[PROPERTY.messageId]) ?? '';
    this.sessionId = textOf(properties[PROPERTY.groupId]);
  }

  /**
   * Takes an encoded message apart. A message without an id gets `newMessageId()`: the client library needs one.
   * Throws MalformedAmqpError.
   */
  static parse(bytes: Buffer, newMessageId: () => string): AmqpContent {
    try {
      const sections = splitSections(bytes);
      return new AmqpContent(
        {
          header: readHeader(bytes, find(sections, SECTION.header)),
          ...readAnnotations(bytes, find(sections, SECTION.messageAnnotations)),
          bare: withMessageId(bytes, sections, newMessageId),
        },
        bytes.length,
      );
    } catch (error) {
      if (error instanceof MalformedAmqpError) throw error;
      throw new MalformedAmqpError('the message cannot be decoded', { cause: error });
    }
  }

  withProperties(changes: PropertyChanges): AmqpContent {
    const sections = splitSections(this.bare);
    const section = find(sections, SECTION.applicationProperties);
    const entries = section === undefined ? new Map() : rawMapEntries(this.bare, section.valueStart);
    for (const [key, value] of changes) {
      entries.set(key, typeof value === 'string' ? new ByteWriter(value.length + 8).string(value).finish() : value);
    }
    const elements = [...entries].flatMap(([key, value]) => [new ByteWriter().string(key).finish(), value]);
    const properties = new ByteWriter()
      .section(SECTION.applicationProperties)
      .compound(0xd1, elements.length, elements)
      .finish();
    const cut = section ?? insertionPoint(sections, this.bare.length);
    const bare = Buffer.concat([this.bare.subarray(0, cut.start), properties, this.bare.subarray(cut.end)]);
    const { header, annotations, scheduledAtMs } = this;
    return new AmqpContent({ header, annotations, scheduledAtMs, bare }, this.size);
  }

  filterSubject(): FilterSubject {
    const properties = this.#properties();
    const section = find(splitSections(this.bare), SECTION.applicationProperties);
    const application = section === undefined ? undefined : readValue(this.bare, section.valueStart).value;
    return {
      system: {
        correlationId: textOf(properties[PROPERTY.correlationId]),
        messageId: this.messageId,
        to: textOf(properties[PROPERTY.to]),
        replyTo: textOf(properties[PROPERTY.replyTo]),
        label: textOf(properties[PROPERTY.subject]),
        sessionId: this.sessionId,
        replyToSessionId: textOf(properties[PROPERTY.replyToGroupId]),
        contentType: textOf(properties[PROPERTY.contentType]),
      },
      properties: application instanceof Map ? application : new Map(),
    };
  }

  encode(stamp: DeliveryStamp): Buffer {
    return encodeDelivery(this, stamp);
  }

  #properties(): AmqpValue[] {
    const section = find(splitSections(this.bare), SECTION.properties);
    const value = section === undefined ? [] : readValue(this.bare, section.valueStart).value;
    return Array.isArray(value) ? value : [];
  }
}

function find(sections: readonly Section[], code: number): Section | undefined {
  return sections.find((section) => section.code === code);
}

/** Application properties stand behind the properties. */
function insertionPoint(sections: readonly Section[], length: number): { start: number; end: number } {
  const next = sections.find((section) => section.code > SECTION.applicationProperties);
  const start = next?.start ?? length;
  return { start, end: start };
}

function readHeader(bytes: Buffer, section: Section | undefined): Header {
  const value = section === undefined ? [] : readValue(bytes, section.valueStart).value;
  if (!Array.isArray(value)) throw new MalformedAmqpError('the header is no list');
  const [durable, priority, ttl] = value;
  return {
    durable: durable === true,
    priority: typeof priority === 'number' ? priority : undefined,
    ttlMs: typeof ttl === 'number' ? ttl : undefined,
  };
}

function readAnnotations(bytes: Buffer, section: Section | undefined): Pick<Parts, 'annotations' | 'scheduledAtMs'> {
  const annotations: Buffer[] = [];
  let scheduledAtMs: number | undefined;
  const starts = section === undefined ? [] : elementOffsets(bytes, section.valueStart);
  for (let index = 0; index + 2 < starts.length; index += 2) {
    const [keyStart = 0, valueStart = 0, valueEnd] = starts.slice(index, index + 3);
    const key = readValue(bytes, keyStart).value;
    if (typeof key === 'string' && BROKER_ANNOTATIONS.has(key)) continue;
    if (key === SCHEDULED_TIME) {
      const { value } = readValue(bytes, valueStart);
      if (value instanceof Date) scheduledAtMs = value.getTime();
    }
    annotations.push(bytes.subarray(keyStart, valueStart), bytes.subarray(valueStart, valueEnd));
  }
  return { annotations, scheduledAtMs };
}

/** The bare message, its id filled in when the sender gave none. */
function withMessageId(bytes: Buffer, sections: readonly Section[], newMessageId: () => string): Buffer {
  const properties = find(sections, SECTION.properties);
  const bareStart = sections.find((section) => section.code >= SECTION.properties)?.start ?? bytes.length;
  const starts = properties === undefined ? [] : elementOffsets(bytes, properties.valueStart);
  const [idStart, restStart] = starts;
  if (idStart !== undefined && restStart !== undefined && readValue(bytes, idStart).value !== null) {
    return bytes.subarray(bareStart);
  }
  const id = new ByteWriter(64).string(newMessageId()).finish();
  const others = restStart === undefined ? [] : [bytes.subarray(restStart, properties?.end)];
  const rewritten = new ByteWriter()
    .section(SECTION.properties)
    .compound(0xd0, Math.max(starts.length - 1, 1), [id, ...others])
    .finish();
  return Buffer.concat([rewritten, bytes.subarray(properties?.end ?? bareStart)]);
}

function encodeHead({ header, annotations }: Parts): Buffer {
  const fields = new ByteWriter(16).boolean(header.durable);
  if (header.priority === undefined) fields.null();
  else fields.ubyte(header.priority);
  if (header.ttlMs === undefined) fields.null();
  else fields.uint(header.ttlMs);
  const writer = new ByteWriter().section(SECTION.header).compound(0xd0, 3, [fields.finish()]);
  if (annotations.length > 0) {
    writer.section(SECTION.messageAnnotations).compound(0xd1, annotations.length, annotations);
  }
  return writer.finish();
}

/** Ids may be text, numbers, uuids or binary: all are compared as text. */
function textOf(value: AmqpValue | undefined): string | undefined {
  if (value === undefined || value === null) return undefined;
  return Buffer.isBuffer(value) ? value.toString('hex') : String(value);
}
