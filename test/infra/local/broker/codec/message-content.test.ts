import fc from 'fast-check';
import rhea from 'rhea';
import { describe, expect, it } from 'vitest';
import { AmqpContent } from '../../../../../infra/local/broker/codec/message-content.ts';
import { MalformedAmqpError } from '../../../../../infra/local/broker/codec/values.ts';
import type { DeliveryStamp } from '../../../../../infra/local/broker/engine/message.ts';

const { message: amqp, types } = rhea;
const STAMP: DeliveryStamp = {
  ...{ sequence: 7, enqueuedSequence: 5, enqueuedAtMs: 1_700_000_000_000, expiresAtMs: 1_700_000_060_000 },
  ...{ deliveryCount: 2, lockedUntilMs: 1_700_000_030_000, state: 'active' },
};
const noId = () => {
  throw new Error('this message has an id');
};
// rhea, which reads the results here, loses a key of this name.
const text = fc.string({ maxLength: 40 }).filter((key) => key !== '__proto__');
const some = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });

/** Messages as clients make them; absent parts are left out. */
const messages = fc
  .record({
    durable: some(fc.boolean()),
    priority: some(fc.nat({ max: 9 })),
    ttl: some(fc.nat()),
    message_id: text,
    group_id: some(text),
    subject: some(text),
    correlation_id: some(text),
    creation_time: some(fc.date({ noInvalidDate: true, min: new Date(0) })),
    message_annotations: some(fc.dictionary(text, fc.oneof(text, fc.integer()), { maxKeys: 4, noNullPrototype: true })),
    application_properties: some(
      fc.dictionary(text, fc.oneof(text, fc.integer(), fc.boolean()), { maxKeys: 4, noNullPrototype: true }),
    ),
    body: fc.oneof(
      text,
      fc.uint8Array({ maxLength: 400 }).map((bytes) => amqp.data_section(Buffer.from(bytes))),
      fc.array(fc.integer(), { minLength: 1 }).map((list) => amqp.sequence_section(list)),
    ),
  })
  .map((parts) => Object.fromEntries(Object.entries(parts).filter(([, part]) => part !== undefined)));

function parse(parts: object, newMessageId: () => string = noId): AmqpContent {
  return AmqpContent.parse(amqp.encode(parts), newMessageId);
}

describe('AmqpContent', () => {
  it("delivers the sender's bytes behind a header and annotations of the broker", () => {
    fc.assert(
      fc.property(messages, (sent) => {
        const received = amqp.decode(parse(sent).encode(STAMP));
        const { message_annotations: annotations, ...rest } = received;
        const { message_annotations: sentAnnotations, ...sentRest } = amqp.decode(amqp.encode(sent));
        expect(rest).toEqual({
          ...sentRest,
          durable: sent.durable ?? false,
          ...{ ttl: 60_000, delivery_count: 2, first_acquirer: false },
        });
        expect(annotations).toMatchObject({ ...sentAnnotations, 'x-opt-sequence-number': 7 });
      }),
    );
  });

  it('is the same after it was stored', () => {
    fc.assert(
      fc.property(messages, (sent) => {
        const content = parse(sent);
        const again = AmqpContent.parse(content.stored, noId);
        expect(again.stored.equals(content.stored)).toBe(true);
        expect(again.encode(STAMP).equals(content.encode(STAMP))).toBe(true);
        expect([again.messageId, again.sessionId, again.ttlMs]).toEqual([
          content.messageId,
          content.sessionId,
          content.ttlMs,
        ]);
      }),
    );
  });

  it('adds properties without touching what else there is', () => {
    fc.assert(
      fc.property(messages, text, text, (sent, key, value) => {
        const changed = amqp.decode(
          parse(sent)
            .withProperties(new Map([[key, value]]))
            .encode(STAMP),
        );
        const before = amqp.decode(parse(sent).encode(STAMP));
        expect(changed).toEqual({
          ...before,
          application_properties: { ...before.application_properties, [key]: value },
        });
      }),
    );
  });

  it('stamps what the broker knows, and no more than applies', () => {
    const stamp: DeliveryStamp = { ...STAMP, deadLetterSource: 'q', state: 'deferred' };
    expect(amqp.decode(parse({ message_id: 'm' }).encode(stamp)).message_annotations).toEqual({
      'x-opt-sequence-number': 7,
      'x-opt-enqueue-sequence-number': 5,
      'x-opt-enqueued-time': new Date(STAMP.enqueuedAtMs),
      'x-opt-locked-until': new Date(1_700_000_030_000),
      'x-opt-message-state': 1,
      'x-opt-deadletter-source': 'q',
    });
    const bare = { ...STAMP, lockedUntilMs: undefined, expiresAtMs: Number.POSITIVE_INFINITY };
    const shown = amqp.decode(parse({ message_id: 'm', ttl: 5 }).encode(bare));
    expect(Object.keys(shown.message_annotations ?? {})).not.toContain('x-opt-locked-until');
    expect(shown.ttl).toBeUndefined();
  });

  it("does not let a sender write the broker's annotations", () => {
    const annotations = { 'x-opt-sequence-number': 99, 'x-opt-locked-until': 'x', mine: 'kept' };
    const received = amqp.decode(parse({ message_id: 'm', message_annotations: annotations }).encode(STAMP));
    expect(received.message_annotations).toMatchObject({ 'x-opt-sequence-number': 7, mine: 'kept' });
  });

  it('gives a message an id when it has none, and keeps its other properties', () => {
    const newId = () => 'made-up';
    expect(amqp.decode(parse({ body: 'x' }, newId).encode(STAMP))).toMatchObject({ message_id: 'made-up', body: 'x' });
    const content = parse({ subject: 's', group_id: 'g', body: 'x' }, newId);
    expect(content).toMatchObject({ messageId: 'made-up', sessionId: 'g' });
    expect(amqp.decode(content.encode(STAMP))).toMatchObject({ message_id: 'made-up', subject: 's', group_id: 'g' });
  });

  it('reads ids of every type as text', () => {
    expect(parse({ message_id: 12 }).messageId).toBe('12');
    expect(parse({ message_id: types.wrap_uuid(Buffer.alloc(16, 1)) }).messageId).toBe('01'.repeat(16));
    expect(parse({ message_id: types.wrap_binary(Buffer.from([0xff])) }).messageId).toBe('ff');
  });

  it('knows when a message is due', () => {
    const due = new Date(1_800_000_000_000);
    const annotations = { 'x-opt-scheduled-enqueue-time': types.wrap_timestamp(due.getTime()) };
    const content = parse({ message_id: 'm', message_annotations: annotations });
    expect(content.scheduledAtMs).toBe(due.getTime());
    expect(content.withProperties(new Map([['a', 'b']])).scheduledAtMs).toBe(due.getTime());
  });

  it('keeps the types of properties that it does not change', () => {
    const properties = { short: types.wrap_short(3), real: types.wrap_double(3) };
    const content = parse({ message_id: 'm', application_properties: properties }).withProperties(
      new Map([['a', 'b']]),
    );
    expect(content.bare.includes(Buffer.from([0x61, 0, 3]))).toBe(true);
    expect(content.bare.includes(Buffer.from('824008000000000000', 'hex'))).toBe(true);
  });

  it('shows filters what they ask for', () => {
    const properties = { missed: true, count: 3 };
    const system = { to: 't', reply_to: 'r', subject: 's', correlation_id: 'c', content_type: 'ct', group_id: 'g' };
    const subject = parse({ message_id: 'm', ...system, reply_to_group_id: 'rg', application_properties: properties });
    expect(subject.filterSubject()).toEqual({
      system: {
        ...{ messageId: 'm', to: 't', replyTo: 'r', label: 's', correlationId: 'c', contentType: 'ct' },
        ...{ sessionId: 'g', replyToSessionId: 'rg' },
      },
      properties: new Map<string, unknown>([
        ['missed', true],
        ['count', 3],
      ]),
    });
  });

  it('refuses what is no message', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        try {
          AmqpContent.parse(Buffer.from(bytes), () => 'id');
        } catch (error) {
          expect(error).toBeInstanceOf(MalformedAmqpError);
        }
      }),
    );
    expect(() => AmqpContent.parse(Buffer.alloc(100_000), () => 'id')).toThrow(MalformedAmqpError);
    expect(() => AmqpContent.parse(Buffer.alloc(0), () => 'id')).toThrow(MalformedAmqpError);
  });
});
