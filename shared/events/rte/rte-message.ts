import { hash } from 'node:crypto';
import { pointerInOriginal } from '../canonical-keys.ts';
import { type CloudEvent, eventTypeSuffix, MAX_EVENT_BYTES } from '../cloud-event.ts';
import { toUtcTimestamp } from '../timestamp.ts';
import { canonicalData, type FieldTable, fieldTableOf, mergedTable } from './canonical-data.ts';
import { type Envelope, entityIdIn, idOf, readEnvelope } from './envelope.ts';
import type { RteEventDefinition } from './event-definition.ts';
import { jsonBytesAtMost } from './json-size.ts';
import { rteEvents, rteSynonyms } from './schemas.ts';
import { sortedRecord, TooDeepError } from './sorted-copy.ts';
import { unparsedData } from './unparsed.ts';
import { UnreadableError } from './unreadable-error.ts';

/** One message of the RTE hub as an event. */
export interface RteMessage {
  /** The event without its id. */
  readonly event: Omit<CloudEvent, 'id'>;
  /**
   * Equal for equal content (subscription and data), whatever the order of keys and the casing of known ones; does
   * not depend on the arrival. A message that can't be read has no known keys: there casing counts.
   */
  readonly contentHash: string;
  /**
   * Snapshots only: of messages with the same key (event, entity and ordering key) just the newest is needed. That is
   * the one that arrived last: a hub sends in order over its connection, and only callbacks have a version to compare.
   */
  readonly mergeKey: string | undefined;
  readonly kind: 'known' | 'unknownEvent' | 'unparsed';
  /** Fields of the payload, and members of the message, that the documentation does not have. */
  readonly unknownFields: number;
}

const TYPE_PREFIX = 'com.enreach.rte.';

/** More than the other attributes take: names and ids are bounded, and so are they with every character escaped. */
const MAX_ATTRIBUTE_BYTES = 8_000;

interface KnownEvent {
  readonly definition: RteEventDefinition;
  readonly type: string;
  readonly fields: FieldTable;
}

const knownEvents: ReadonlyMap<string, KnownEvent> = new Map(
  rteEvents.map((definition) => {
    const key = definition.name.toLowerCase();
    return [key, { definition, type: TYPE_PREFIX + key, fields: fieldTableOf(definition.schema, rteSynonyms) }];
  }),
);

/** Undocumented events are likely to use names that documented ones have. */
const allFields = mergedTable([...knownEvents.values()].map(({ fields }) => fields));

/** The fields that may be an undocumented event's subject, the most telling first. */
const LIKELY_SUBJECTS = ['callId', 'callBackId', 'queueId', 'userId'];

/**
 * Makes an event of what the hub sends to `MessageReceived`. Never throws: what can't be read becomes an event of type
 * `com.enreach.rte.unparsed` that carries it.
 *
 * `time` is the payload's own for callbacks only (`modified`). The start of an availability is not the time of the
 * event, which may tell of another change to it; no other event has a time.
 */
export function readRteMessage(message: unknown, receivedAtMs: number): RteMessage {
  const arrival = new Date(receivedAtMs).toISOString();
  try {
    const envelope = readEnvelope(message);
    const known = knownEvents.get(envelope.eventName) ?? knownEvents.get(envelope.eventName.toLowerCase());
    return known === undefined ? readUnknownEvent(envelope, arrival) : readKnownEvent(envelope, known, arrival);
  } catch (error) {
    if (error instanceof UnreadableError) return unparsed(message, error.problems, arrival);
    if (error instanceof TooDeepError) return unparsed(message, [`: ${error.message}`], arrival);
    throw error;
  }
}

function readKnownEvent(envelope: Envelope, { definition, type, fields }: KnownEvent, arrival: string): RteMessage {
  const { entity, kind, orderingKey, entityIdField, versionField, schema } = definition;
  const canonical = canonicalData(envelope.data, fields);
  const parsed = schema.safeParse(canonical.data);
  if (!parsed.success) {
    throw new UnreadableError(
      parsed.error.issues.map(({ path, message }) => {
        return `${envelope.dataPointer}${pointerInOriginal(envelope.data, path)}: ${message}`;
      }),
    );
  }
  const data = parsed.data;
  const entityId = envelope.entityId ?? (entityIdField && idOf(data[entityIdField]));
  if (!entityId) throw noEntity();
  const subject = idOf(data[orderingKey]) ?? entityId;
  const version = versionField && data[versionField];
  assertFits(data);
  return new ReadMessage({
    event: {
      specversion: '1.0',
      source: sourceOf(entity, entityId),
      type,
      subject,
      time: (typeof version === 'string' ? toUtcTimestamp(version) : undefined) ?? arrival,
      datacontenttype: 'application/json',
      data,
    },
    entityId,
    mergeKey: kind === 'snapshot' ? `${type} ${entityId} ${subject}` : undefined,
    kind: 'known',
    unknownFields: canonical.unknownFields + envelope.unknownMembers,
  });
}

function readUnknownEvent(envelope: Envelope, arrival: string): RteMessage {
  const suffix = eventTypeSuffix(envelope.eventName);
  if (suffix === '') throw new UnreadableError(['/subscription/eventName: expected a letter or digit']);
  const { entityId } = envelope;
  if (entityId === undefined) throw noEntity();
  const type = TYPE_PREFIX + suffix;
  const canonical = canonicalData(envelope.data, allFields);
  // No schema gives the fields an order here.
  const data = sortedRecord(canonical.data);
  assertFits(data);
  return new ReadMessage({
    event: {
      specversion: '1.0',
      source: sourceOf(likelyEntity(suffix), entityId),
      type,
      subject: LIKELY_SUBJECTS.map((field) => idOf(data[field])).find((id) => id !== undefined) ?? entityId,
      time: arrival,
      datacontenttype: 'application/json',
      data,
    },
    entityId,
    mergeKey: undefined,
    kind: 'unknownEvent',
    unknownFields: canonical.unknownFields + envelope.unknownMembers,
  });
}

function unparsed(message: unknown, problems: readonly string[], arrival: string): RteMessage {
  const { data, contentHash } = unparsedData(message, problems);
  return {
    event: {
      specversion: '1.0',
      source: '/enreach',
      type: `${TYPE_PREFIX}unparsed`,
      subject: entityIdIn(message) ?? 'unparsed',
      time: arrival,
      datacontenttype: 'application/json',
      data,
    },
    contentHash,
    mergeKey: undefined,
    kind: 'unparsed',
    unknownFields: 0,
  };
}

/** @throws UnreadableError when an event with this `data` would be too large */
function assertFits(data: Readonly<Record<string, unknown>>): void {
  const maxBytes = MAX_EVENT_BYTES - MAX_ATTRIBUTE_BYTES;
  if (jsonBytesAtMost(data) > maxBytes && Buffer.byteLength(JSON.stringify(data)) > maxBytes) {
    throw new UnreadableError([`: expected an event of at most ${MAX_EVENT_BYTES} bytes`]);
  }
}

interface ReadMessageParts extends Omit<RteMessage, 'contentHash'> {
  readonly entityId: string;
}

/** Hashes its content when asked to: a relay that is alone never asks. */
class ReadMessage implements RteMessage {
  readonly event: Omit<CloudEvent, 'id'>;
  readonly mergeKey: string | undefined;
  readonly kind: RteMessage['kind'];
  readonly unknownFields: number;
  readonly #entityId: string;

  constructor({ event, entityId, mergeKey, kind, unknownFields }: ReadMessageParts) {
    this.event = event;
    this.#entityId = entityId;
    this.mergeKey = mergeKey;
    this.kind = kind;
    this.unknownFields = unknownFields;
  }

  /** `data` has its keys in a fixed order: equal data is written equally. */
  get contentHash(): string {
    const { type, data } = this.event;
    return hash('sha256', `${type}\n${this.#entityId}\n${JSON.stringify(data)}`, 'base64url');
  }
}

function sourceOf(entity: string, entityId: string): string {
  if (/^[\w.~-]+$/.test(entityId)) return `/enreach/${entity}/${entityId}`;
  // By way of UTF-8, because half a surrogate pair can't be percent-encoded.
  return `/enreach/${entity}/${encodeURIComponent(Buffer.from(entityId).toString())}`;
}

/** What an undocumented event is about: the documented ones all begin with the kind of their entity. */
function likelyEntity(typeSuffix: string): string {
  if (typeSuffix.startsWith('user')) return 'user';
  if (typeSuffix.startsWith('queue')) return 'queue';
  return /^call(back|list)/.test(typeSuffix) ? 'callList' : 'unknown';
}

function noEntity(): UnreadableError {
  return new UnreadableError(['/subscription/entityId: expected the id of a user, queue or call list']);
}
