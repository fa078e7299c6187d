import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cloudEventSchema } from '../../../../shared/events/cloud-event.ts';
import { readRteMessage } from '../../../../shared/events/rte/rte-message.ts';
import {
  anyPayload,
  canonicalName,
  type DescribedEvent,
  ENTITY_ID,
  events,
  messageOf,
  samplePayload,
} from './samples.ts';

const NOW = Date.parse('2025-03-05T14:08:00.250Z');
const ARRIVAL = '2025-03-05T14:08:00.250Z';

function eventNamed(name: string): DescribedEvent {
  const event = events.find((each) => each.name === name);
  if (event === undefined) throw new Error(`no event ${name}`);
  return event;
}

function textAt(data: Record<string, unknown>, key: string | undefined): string | undefined {
  const value = key === undefined ? undefined : data[key];
  return typeof value === 'string' ? value : undefined;
}

describe.each(events)('$name', (event) => {
  const expected = samplePayload(event, 'canonical');
  const type = `com.enreach.rte.${event.name.toLowerCase()}`;

  it.each(['wire', 'documented', 'canonical'] as const)('is read from a payload in %s spelling', (spelling) => {
    const message = readRteMessage(messageOf(event.name, samplePayload(event, spelling)), NOW);
    const modified = textAt(expected, canonicalName(event, event.versionField));

    expect(message).toMatchObject({ kind: 'known', unknownFields: 0 });
    expect(message.event).toEqual({
      specversion: '1.0',
      source: `/enreach/${event.entity}/${ENTITY_ID}`,
      type,
      subject: textAt(expected, canonicalName(event, event.orderingKey)),
      time: modified === undefined ? ARRIVAL : modified.replace('4567Z', 'Z'),
      datacontenttype: 'application/json',
      data: expected,
    });
  });

  it('is read without the fields that may be null', () => {
    const data = samplePayload(event, 'wire', { hasNullable: false });
    const withNulls = { ...Object.fromEntries(event.fields.map(({ wireName }) => [wireName, null])), ...data };
    const bare = readRteMessage(messageOf(event.name, data), NOW);
    const nulled = readRteMessage(messageOf(event.name, withNulls), NOW);

    expect(bare.kind).toBe('known');
    expect(bare.event.data).toEqual(samplePayload(event, 'canonical', { hasNullable: false }));
    expect(nulled).toEqual(bare);
  });

  it('is read without its texts and lists, which may be null although nobody says so', () => {
    const data = samplePayload(event, 'wire');
    const isReference = ({ type }: { type: string }) => type === 'string' || type.startsWith('List<');
    for (const field of event.fields.filter(isReference)) data[field.wireName] = null;
    const { kind, event: read } = readRteMessage(messageOf(event.name, data), NOW);

    expect(kind).toBe('known');
    expect(Object.keys(read.data)).toHaveLength(event.fields.filter((field) => !isReference(field)).length);
  });

  it('passes on and counts what it does not know, but not the eventType that hubs add', () => {
    const extra = { fetchMode: true, Another: { b: [1, null], a: 'x' } };
    const sent = { ...samplePayload(event, 'wire'), eventType: 141, ...extra };
    const { event: read, unknownFields } = readRteMessage(messageOf(event.name, sent), NOW);

    expect(read.data).toEqual({ ...expected, eventType: 141, ...extra });
    expect(unknownFields).toBe(2);
  });

  it('can be merged if it is a snapshot, by event, entity and ordering key', () => {
    const { mergeKey } = readRteMessage(messageOf(event.name, samplePayload(event, 'wire')), NOW);
    const subject = textAt(expected, canonicalName(event, event.orderingKey));

    expect(mergeKey).toBe(event.kind === 'snapshot' ? `${type} ${ENTITY_ID} ${subject}` : undefined);
  });

  it('takes the entity from the payload when the subscription does not tell', () => {
    const { event: read, kind } = readRteMessage(messageOf(event.name, samplePayload(event, 'wire'), null), NOW);
    const entityId = textAt(expected, canonicalName(event, event.entityIdField));

    expect(kind).toBe(entityId === undefined ? 'unparsed' : 'known');
    expect(read.source).toBe(entityId === undefined ? '/enreach' : `/enreach/${event.entity}/${entityId}`);
  });

  it('can not be read without its ordering key, unless that may be null', () => {
    const key = event.fields.find(({ name }) => name === event.orderingKey);
    const data = samplePayload(event, 'wire');
    delete data[key?.wireName ?? ''];
    const { kind, event: read } = readRteMessage(messageOf(event.name, data), NOW);

    expect({ kind, subject: read.subject }).toEqual({ kind: key?.nullable ? 'known' : 'unparsed', subject: ENTITY_ID });
  });

  it('has the same content whatever the casing, the order of keys and the arrival', () => {
    fc.assert(
      fc.property(anyPayload(event), fc.infiniteStream(fc.boolean()), (payload, coins) => {
        const shuffled = disguised(payload, coins);
        const first = readRteMessage(messageOf(event.name, payload), NOW);
        const second = readRteMessage(disguised(messageOf(event.name, shuffled), coins), NOW + 60_000);

        expect(first.kind).toBe('known');
        expect(second.contentHash).toBe(first.contentHash);
        expect(second.event.data).toEqual(first.event.data);
      }),
      { numRuns: 15 },
    );
  });
});

/** The same object with its keys in another casing and order, and the objects below as well. */
function disguised(value: Record<string, unknown>, coins: Iterator<boolean>): Record<string, unknown> {
  const coin = () => coins.next().value === true;
  const entries = Object.entries(value).map(([key, inner]) => {
    const cased = coin() ? key.charAt(0).toUpperCase() + key.slice(1) : coin() ? key.toLowerCase() : key;
    const below = Array.isArray(inner) ? inner.map((item) => disguised(item, coins)) : inner;
    return [cased, key === 'subscription' ? disguised(Object(below), coins) : below] as const;
  });
  return Object.fromEntries(coin() ? entries.reverse() : entries);
}

describe('the content hash', () => {
  const sample = samplePayload(eventNamed('QueueStatus'), 'wire');
  const hashOf = (message: unknown) => readRteMessage(message, NOW).contentHash;

  it('differs for another event with the same payload', () => {
    const call = samplePayload(eventNamed('UserCallOutGoing'), 'wire');

    expect(hashOf(messageOf('UserCallOutConnected', call))).not.toBe(hashOf(messageOf('UserCallOutGoing', call)));
  });

  it('differs for another entity or content', () => {
    const hashes = [
      messageOf('QueueStatus', sample),
      messageOf('QueueStatus', sample, '5d0f8f3a-0c1e-4a55-9d7b-6f2f6f0e0a02'),
      messageOf('QueueStatus', { ...sample, nbrOfConnected: 99 }),
      messageOf('QueueStatus', { ...sample, newer: 1 }),
      messageOf('QueueStatus', { ...sample, newer: { a: 1 } }),
    ].map(hashOf);

    expect(new Set(hashes).size).toBe(hashes.length);
    expect(hashes[0]).toMatch(/^[\w-]{43}$/);
  });

  it('does not depend on the casing of the ids and of the event name', () => {
    const upper = messageOf('QueueStatus', sample, ENTITY_ID.toUpperCase());
    const named = { ...upper, subscription: { entityId: ENTITY_ID, eventName: 'QueueStatus' } };

    expect(hashOf(upper)).toBe(hashOf(messageOf('QueueStatus', sample)));
    expect(hashOf(named)).toBe(hashOf(upper));
  });

  it('does not depend on the order of unknown keys', () => {
    const one = { ...sample, x: { a: [{ c: 1, d: 2 }], b: 2 }, y: 3 };
    const other = { y: 3, x: { b: 2, a: [{ d: 2, c: 1 }] }, ...sample };

    expect(hashOf(messageOf('QueueStatus', other))).toBe(hashOf(messageOf('QueueStatus', one)));
  });

  it('does not depend on the order of any key of an undocumented event', () => {
    const one = { userId: 'u', callbackAttempts: [{ note: 'n', id: 'i' }], x: { a: 1, b: 2 } };
    const other = { X: 0, x: { b: 2, a: 1 }, CallbackAttempts: [{ Id: 'i', Note: 'n' }], UserId: 'u' };

    expect(hashOf(messageOf('UserSetting', { ...other, X: null }))).toBe(
      hashOf(messageOf('UserSetting', { ...one, X: null })),
    );
    expect(hashOf(messageOf('UserSetting', other))).not.toBe(hashOf(messageOf('UserSetting', one)));
  });
});

describe('fields and ids', () => {
  const read = (name: string, data: unknown, entityId: unknown = ENTITY_ID) =>
    readRteMessage(messageOf(name, data, entityId), NOW).event;

  it.each(['UserCallInComing', 'UserCallIncoming', 'usercallincoming'])(
    'knows the event by the name %s',
    (eventName) => {
      const message = { Subscription: { EntityId: ENTITY_ID, EventName: eventName }, Data: { CallId: 'c' } };

      expect(readRteMessage(message, NOW)).toMatchObject({
        kind: 'known',
        event: { type: 'com.enreach.rte.usercallincoming', subject: 'c', source: `/enreach/user/${ENTITY_ID}` },
      });
    },
  );

  it('lower-cases GUIDs, and nothing else', () => {
    const { subject, source, data } = read(
      'UserCallInArrived',
      { CallId: 'AB-CD', OrganizationId: 'EF', UserName: 'A.Berg', LegId: 'Leg-A' },
      'USER-1',
    );

    expect({ subject, source, data }).toEqual({
      subject: 'ab-cd',
      source: '/enreach/user/user-1',
      data: { callId: 'ab-cd', organizationId: 'ef', userName: 'A.Berg', legId: 'Leg-A' },
    });
  });

  it('folds the names that mean the same', () => {
    expect(read('CallListNotification', { CBRId: 'c', ListId: 'l' }).data).toEqual({
      callBackId: 'c',
      callListId: 'l',
    });
    expect(read('CallListNotification', { callBackId: 'c', callListId: 'l' })).toEqual(
      read('CallListNotification', { cbrId: 'c', listId: 'l' }),
    );
    expect(read('QueueCallInTransferStarted', { callId: 'c', techType: 't' }).data).toEqual({
      callId: 'c',
      techSource: 't',
    });
    expect(read('UserCallInComing', { callId: 'c', username: 'u' }).data).toEqual({ callId: 'c', userName: 'u' });
  });

  it('keeps the open end of an availability, which is the end of .NET time', () => {
    const { data } = read('UserAvailability', { userId: 'u', endTime: '9999-12-31T23:59:59.9999999' });

    expect(data.endTime).toBe('9999-12-31T23:59:59.9999999Z');
  });

  it('reads an integer of 64 bits', () => {
    expect(read('QueueStatus', { queueId: 'q', maxWaitTime: 2 ** 60 }).data.maxWaitTime).toBe(2 ** 60);
  });

  it('makes a URI of whatever stands in the place of an id', () => {
    expect(read('UserStatus', { userId: 'u' }, 'a b/\ud800').source).toBe('/enreach/user/a%20b%2F%EF%BF%BD');
  });

  it('counts undocumented members of the message', () => {
    const message = { ...messageOf('UserStatus', { userId: 'u' }), sequence: 7 };

    expect(readRteMessage(message, NOW)).toMatchObject({ kind: 'known', unknownFields: 1 });
  });
});

describe('an undocumented event', () => {
  const read = (name: string, data: unknown) => readRteMessage(messageOf(name, data), NOW);

  it('is passed on, with known fields in their usual casing', () => {
    const { event, ...rest } = read('User.WrapUpStarted', { UserId: 'U-1', Since: '12:00', EventType: 'x', Note: '' });

    expect(event).toEqual({
      specversion: '1.0',
      source: `/enreach/user/${ENTITY_ID}`,
      type: 'com.enreach.rte.userwrapupstarted',
      subject: 'u-1',
      time: ARRIVAL,
      datacontenttype: 'application/json',
      data: { userId: 'U-1', Since: '12:00', eventType: 'x' },
    });
    expect(rest).toMatchObject({ kind: 'unknownEvent', mergeKey: undefined, unknownFields: 1 });
  });

  it.each([
    [{ userId: 'u', queueId: 'q', cbrId: 'b', callId: 'c' }, 'c'],
    [{ userId: 'u', queueId: 'q', CBRId: 'b', callId: '' }, 'b'],
    [{ userId: 'u', QueueId: 'q', callId: 7 }, 'q'],
    [{ userId: 'u', queueId: 'q'.repeat(257) }, 'u'],
    [{ anything: 'x' }, ENTITY_ID],
  ])('with %j has a likely subject', (data, subject) => {
    expect(read('UserSetting', data).event.subject).toBe(subject);
  });

  it.each([
    ['UserSetting', 'user'],
    ['QueueRenamed', 'queue'],
    ['CallbackClosed', 'callList'],
    ['CallListRenamed', 'callList'],
    ['CallStarted', 'unknown'],
  ])('%s has the source of the kind %s', (name, kind) => {
    expect(read(name, {}).event.source).toBe(`/enreach/${kind}/${ENTITY_ID}`);
  });
});

it('makes a valid event of any JSON', () => {
  const anyData = fc.jsonValue({ maxDepth: 4 });
  const anyName = fc.oneof(fc.constantFrom(...events.map(({ name }) => name)), fc.string({ unit: 'binary' }));
  const anyMessage = fc.oneof(
    fc.jsonValue(),
    fc.record({ subscription: anyData, data: anyData }),
    fc.record({
      subscription: fc.record({ entityId: fc.oneof(fc.string({ unit: 'binary' }), anyData), eventName: anyName }),
      data: fc.oneof(anyData, fc.dictionary(fc.string(), anyData)),
    }),
    fc
      .constantFrom(...events)
      .chain((event) => fc.tuple(fc.constant(event.name), anyPayload(event), anyData, fc.nat()))
      .map(([name, payload, value, index]) => {
        const key = Object.keys(payload)[index % Object.keys(payload).length] ?? '';
        return messageOf(name, { ...payload, [key]: value });
      }),
  );
  fc.assert(
    fc.property(anyMessage, (message) => {
      const { event, contentHash } = readRteMessage(message, NOW);
      const wire: unknown = JSON.parse(JSON.stringify({ ...event, id: 'x' }));

      expect(cloudEventSchema.safeParse(wire)).toMatchObject({ success: true, data: wire });
      expect(() => new URL(event.source, 'x://x')).not.toThrow();
      expect(readRteMessage(JSON.parse(JSON.stringify(message)), NOW + 1).contentHash).toBe(contentHash);
    }),
    { numRuns: 400 },
  );
});
