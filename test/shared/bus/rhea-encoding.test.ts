import fc from 'fast-check';
import rhea from 'rhea';
import { expect, test } from 'vitest';
import { encodeMessagesAtOnce, encodePlainMessage } from '../../../shared/bus/rhea-encoding.ts';

const { encode: encodeByRhea, data_section: dataSection, data_sections: dataSections } = rhea.message;

/** Around the lengths at which AMQP changes the form of a text, and with characters of one to four bytes. */
const text = fc.oneof(
  fc.string({ maxLength: 20, unit: 'binary' }),
  fc.integer({ min: 120, max: 260 }).map((length) => 'x'.repeat(length)),
  fc.integer({ min: 120, max: 260 }).map((length) => 'é'.repeat(length)),
);
const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 20 }),
  fc.integer({ min: 250, max: 260 }).map((length) => new Uint8Array(length).fill(7)),
);
const body = fc.oneof(
  bytes.map((each) => dataSection(Buffer.from(each))),
  bytes.map((each) => dataSection(each)),
  fc.array(bytes, { maxLength: 4 }).map((all) => dataSections(all.map((each) => Buffer.from(each)))),
);
const plainMessage = fc.record(
  {
    body,
    message_id: text,
    to: text,
    subject: text,
    reply_to: text,
    correlation_id: text,
    content_type: fc.stringMatching(/^[ -~]{0,300}$/),
    group_id: text,
    message_annotations: fc.constant({}),
    application_properties: fc.dictionary(text, text, { maxKeys: 12 }),
  },
  { requiredKeys: ['body'] },
);

test('plain messages have the bytes that rhea gives them', () => {
  fc.assert(
    fc.property(plainMessage, (message) => {
      expect(encodePlainMessage(message)).toEqual(encodeByRhea(message));
    }),
  );
});

const plain = { body: dataSection(Buffer.from('{}')), message_id: '1' };

test.each([
  ['a property that is no text', { ...plain, message_id: 17 }],
  ['a property that is null', { ...plain, subject: null }],
  ['a content type that is not ASCII', { ...plain, content_type: 'text/plain; charset=é' }],
  ['another property', { ...plain, creation_time: new Date(0) }],
  ['a header', { ...plain, ttl: 5 }],
  ['annotations', { ...plain, message_annotations: { 'x-opt-scheduled-enqueue-time': new Date(0) } }],
  ['no properties of the application', { ...plain, application_properties: null }],
  ['a number among them', { ...plain, application_properties: { attempts: 3 } }],
  ['a value as body', { ...plain, body: 'text' }],
  ['a sequence as body', { ...plain, body: rhea.message.sequence_section([1, 2]) }],
  ['no message', undefined],
])('%s is left to rhea', (_what, message) => {
  expect(encodePlainMessage(message)).toBeUndefined();
});

test('once set up, rhea encodes every message as before', () => {
  const others = [plain, { ...plain, message_id: 17 }, { ...plain, application_properties: { attempts: 3 } }];
  const before = others.map((message) => encodeByRhea(message));

  encodeMessagesAtOnce();
  const { encode } = rhea.message;
  encodeMessagesAtOnce();

  expect(rhea.message.encode).toBe(encode);
  expect(encode).not.toBe(encodeByRhea);
  expect(others.map((message) => encode(message))).toEqual(before);
});
