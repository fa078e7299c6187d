import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readRteMessage } from '../../../../shared/events/rte/rte-message.ts';
import { ENTITY_ID, messageOf } from './samples.ts';

const NOW = Date.parse('2025-03-05T14:08:00.250Z');
const read = (message: unknown) => readRteMessage(message, NOW);
const MAX_EVENT_BYTES = 240_000;
const bytesOf = (value: unknown) => Buffer.byteLength(JSON.stringify(value));

describe('a message that can not be read', () => {
  const subscription = { entityId: ENTITY_ID, eventName: 'userstatus' };
  const NAME = '/subscription/eventName: expected the name of an event';
  const DATA = '/data: expected an object';
  const STRING = 'Invalid input: expected string, received';

  it.each<[string, unknown, string[], string]>([
    ['is null', null, [': expected an object'], 'unparsed'],
    ['is text', 'hello', [': expected an object'], 'unparsed'],
    ['is a list', [{ subscription }], [': expected an object'], 'unparsed'],
    ['is empty', {}, [NAME, DATA], 'unparsed'],
    ['has no data', { subscription }, [DATA], ENTITY_ID],
    ['has null as data', { subscription, data: null }, [DATA], ENTITY_ID],
    ['has a list as data', { subscription, Data: [] }, ['/Data: expected an object'], ENTITY_ID],
    ['has text as data', { subscription, data: '{}' }, [DATA], ENTITY_ID],
    ['has no subscription', { data: { userId: 'u' } }, [NAME], 'unparsed'],
    ['has text as subscription', { subscription: 'userstatus', data: {} }, [NAME], 'unparsed'],
    ['has a list as subscription', { subscription: [subscription], data: {} }, [NAME], 'unparsed'],
    ['has no event name', { subscription: { EntityId: 'E' }, data: {} }, [NAME], 'e'],
    ['has an empty event name', { subscription: { eventName: '' }, data: {} }, [NAME], 'unparsed'],
    ['has a number as event name', { subscription: { eventName: 141 }, data: {} }, [NAME], 'unparsed'],
    ['has a long event name', { subscription: { eventName: 'a'.repeat(129) }, data: {} }, [NAME], 'unparsed'],
    [
      'has an event name of signs',
      { subscription: { ...subscription, eventName: '-' }, data: {} },
      ['/subscription/eventName: expected a letter or digit'],
      ENTITY_ID,
    ],
    [
      'names no entity',
      { subscription: { eventName: 'usersetting' }, data: { userId: 'u' } },
      ['/subscription/entityId: expected the id of a user, queue or call list'],
      'unparsed',
    ],
    [
      'names an entity at length',
      { subscription: { eventName: 'usermissedcallnotification', entityId: 'e'.repeat(257) }, data: {} },
      ['/subscription/entityId: expected the id of a user, queue or call list'],
      'unparsed',
    ],
    ['lacks the ordering key', messageOf('UserStatus', {}), [`/data/userId: ${STRING} undefined`], ENTITY_ID],
    [
      'has an ordering key of a wrong type',
      messageOf('UserStatus', { UserId: 7 }),
      [`/data/UserId: ${STRING} number`],
      ENTITY_ID,
    ],
    [
      'has a long ordering key',
      messageOf('UserStatus', { userId: 'u'.repeat(257) }),
      ['/data/userId: Too big: expected string to have <=256 characters'],
      ENTITY_ID,
    ],
    [
      'has fields of wrong types',
      messageOf('UserStatus', { userId: 'u', Talking: 'yes', parkedCalls: 1.5, WrapUpEnd: 'soon' }),
      [
        '/data/parkedCalls: Invalid input: expected int, received number',
        '/data/Talking: Invalid input: expected boolean, received string',
        '/data/WrapUpEnd: Invalid input: expected an ISO 8601 time',
      ],
      ENTITY_ID,
    ],
    [
      'has an item of a wrong type',
      messageOf('QueueAttachedUsers', { queueId: 'q', AttachedUsers: [{ UserId: 'u' }, { Priority: 'high' }, null] }),
      [
        '/data/AttachedUsers/1/Priority: Invalid input: expected number, received string',
        '/data/AttachedUsers/2: Invalid input: expected object, received null',
      ],
      ENTITY_ID,
    ],
  ])('because it %s is kept', (_, message, problems, subject) => {
    const { event, ...rest } = read(message);

    expect(event).toEqual({
      specversion: '1.0',
      source: '/enreach',
      type: 'com.enreach.rte.unparsed',
      subject,
      time: '2025-03-05T14:08:00.250Z',
      datacontenttype: 'application/json',
      data: { raw: message, problems },
    });
    expect(rest).toMatchObject({ kind: 'unparsed', mergeKey: undefined, unknownFields: 0 });
  });

  it('has the content that it has, in whatever order', () => {
    const one = read({ data: [{ a: 1, b: 2 }], subscription });
    const other = read({ subscription, data: [{ b: 2, a: 1 }] });

    expect(other.contentHash).toBe(one.contentHash);
    expect(read({ subscription, data: [{ b: 2, a: 2 }] }).contentHash).not.toBe(one.contentHash);
  });

  it('lists no more than 20 problems', () => {
    const { problems } = read(messageOf('QueueAttachedUsers', { queueId: 'q', attachedUsers: Array(50).fill(1) })).event
      .data;

    expect(problems).toHaveLength(20);
  });

  it('is kept when it is nothing at all, or nothing that JSON can say', () => {
    expect(read(undefined).event.data.raw).toBeNull();
    expect(read([1n, () => 1, Number.NaN, undefined]).event.data.raw).toEqual([null, null, null, null]);
  });
});

describe('a large message', () => {
  it('is read as long as the bus takes the event', () => {
    const { kind, event } = read(messageOf('UserStatus', { userId: 'u', extra: 'x'.repeat(230_000) }));

    expect(kind).toBe('known');
    expect(bytesOf(event)).toBeGreaterThan(230_000);
  });

  it('is cut when just its attributes are too much', () => {
    const { kind } = read(messageOf('UserStatus', { userId: 'u', extra: 'x'.repeat(MAX_EVENT_BYTES - 200) }));

    expect(kind).toBe('unparsed');
  });

  it.each([
    ['plain text', 'x'],
    ['text of three bytes a character', '\u20ac'],
    ['text of pairs of surrogates', '\u{1f600}'],
    ['text that JSON escapes', '"\\'],
    ['text that JSON escapes at length', '\u0001\ud800'],
  ])('of %s is cut to what the bus takes', (_, character) => {
    const message = messageOf('UserStatus', {
      userId: 'u',
      extra: character.repeat(150_000) + 'x'.repeat(100_000),
    });
    const { event } = read(message);
    const { raw, ...rest } = event.data;

    expect(event.type).toBe('com.enreach.rte.unparsed');
    expect(event.subject).toBe(ENTITY_ID);
    expect(rest).toEqual({
      isRawText: true,
      isRawCut: true,
      problems: [`: expected an event of at most ${MAX_EVENT_BYTES} bytes`],
    });
    expect(JSON.stringify(message)).toContain(String(raw).slice(60, 10_000));
    expect(bytesOf(event)).toBeGreaterThan(50_000);
    expect(bytesOf(event)).toBeLessThan(MAX_EVENT_BYTES);
    expect(Buffer.from(String(raw)).toString()).toBe(raw);
  });

  it('is not cut within a pair of surrogates', () => {
    for (const before of ['', 'x', 'xx', 'xxx', 'xxxx', 'xxxxx', 'xxxxxx', 'xxxxxxx']) {
      const { raw } = read(messageOf('UserStatus', { userId: 'u', extra: before + '\u{1f600}'.repeat(60_000) })).event
        .data;

      expect(raw).toMatch(/\u{1f600}$/u);
    }
  });

  it('of list items keeps the limit as well', () => {
    const { event } = read(messageOf('UserSetting', { list: Array(100_000).fill({ a: 'b' }) }));

    expect(event.data).toMatchObject({ isRawText: true, isRawCut: true });
    expect(bytesOf(event)).toBeLessThan(MAX_EVENT_BYTES);
  });
});

describe('a deeply nested message', () => {
  const nested = (depth: number): unknown => JSON.parse(`${'[{"a":'.repeat(depth / 2)}1${'}]'.repeat(depth / 2)}`);

  it.each(['UserStatus', 'UserSetting'])('of %s is passed on down to a depth of 64', (name) => {
    expect(read(messageOf(name, { userId: 'u', extra: nested(64) })).kind).not.toBe('unparsed');
  });

  it.each(['extra', 'talking', 'eventType', 'callbackExtras'])(
    'is kept as text when it is deeper, in "%s"',
    (field) => {
      const message = messageOf('CallbackChanged', { callBackId: 'c', [field]: nested(2_000) });
      const { data } = read(message).event;

      expect(data).toMatchObject({ isRawText: true });
      expect(data).not.toHaveProperty('isRawCut');
      expect(JSON.parse(String(data.raw))).toEqual(message);
    },
  );

  it.each([
    ['data', messageOf('UserStatus', nested(100_000))],
    ['a field', messageOf('UserStatus', { userId: 'u', extra: nested(100_000) })],
    ['an undocumented event', messageOf('UserSetting', { extra: nested(100_000) })],
    ['all', nested(100_000)],
  ])('does not overflow the stack in %s', (_, message) => {
    const { event } = read(message);

    expect(event.data).toMatchObject({ isRawText: true, isRawCut: true });
    expect(bytesOf(event)).toBeLessThan(MAX_EVENT_BYTES);
  });

  it('may contain itself', () => {
    const message: Record<string, unknown> = messageOf('UserStatus', { userId: 'u' });
    message.data = { userId: 'u', message };

    expect(read(message).event.data).toMatchObject({ isRawText: true, isRawCut: true });
  });
});

it('keeps any message within the limit of the bus', () => {
  const anyText = fc
    .tuple(fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }), fc.integer({ min: 1, max: 40_000 }))
    .map(([unit, times]) => unit.repeat(times));
  fc.assert(
    fc.property(anyText, fc.constantFrom('UserStatus', 'UserSetting', '-'), (text, name) => {
      const message = messageOf(name, { userId: 'u', [text.slice(0, 10_000)]: text });

      expect(bytesOf({ ...read(message).event, id: 'x'.repeat(64) })).toBeLessThanOrEqual(MAX_EVENT_BYTES);
    }),
    { numRuns: 40 },
  );
});
