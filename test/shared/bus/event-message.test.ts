import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { OutgoingMessage } from '../../../shared/bus/bus.ts';
import {
  fromEventMessage,
  parseJson,
  toEventMessage,
  UnreadableMessageError,
} from '../../../shared/bus/event-message.ts';
import type { CloudEvent } from '../../../shared/events/cloud-event.ts';

const attribute = fc.string({ minLength: 1, unit: 'grapheme' });

const anyEvent: fc.Arbitrary<CloudEvent> = fc.record(
  {
    specversion: fc.constant('1.0' as const),
    id: attribute,
    source: attribute,
    type: attribute,
    subject: attribute,
    time: attribute,
    datacontenttype: fc.constant('application/json'),
    traceparent: fc.string(),
    tracestate: fc.string(),
    data: fc
      .dictionary(
        fc.string().filter((key) => key !== '__proto__'),
        fc.jsonValue(),
        { noNullPrototype: true },
      )
      .map((data) => JSON.parse(JSON.stringify(data))),
  },
  {
    requiredKeys: ['specversion', 'id', 'source', 'type', 'subject', 'time', 'datacontenttype', 'data'],
    noNullPrototype: true,
  },
);

const event: CloudEvent = {
  specversion: '1.0',
  id: 'e-1',
  source: '/nimbus/servicedesk@litware.example',
  type: 'com.luware.nimbus.task.created',
  subject: 't-1',
  time: '2026-02-11T07:41:18.000Z',
  datacontenttype: 'application/json',
  data: { taskId: 't-1' },
};

/** The message as its receiver gets it: the body in bytes. */
function received({ body, contentType, applicationProperties = {} }: OutgoingMessage) {
  return { body: Buffer.from(JSON.stringify(body)), contentType, applicationProperties };
}

describe('an event on the bus', () => {
  it('is the same after the way there in structured mode', () => {
    fc.assert(
      fc.property(anyEvent, attribute, (original, lane) => {
        expect(fromEventMessage(received(toEventMessage(original, lane)))).toEqual(original);
      }),
    );
  });

  it.each(['cloudEvents_', 'cloudEvents:'])('is read in binary mode with attributes after %s', (prefix) => {
    fc.assert(
      fc.property(anyEvent, ({ data, datacontenttype, ...attributes }) => {
        const entries = Object.entries(attributes).map(([name, value]) => [prefix + name, value]);
        const message = {
          body: Buffer.from(JSON.stringify(data)),
          contentType: datacontenttype,
          applicationProperties: { ...Object.fromEntries(entries), 'Diagnostic-Id': 'not an attribute' },
        };
        expect(fromEventMessage(message)).toEqual({ ...attributes, datacontenttype, data });
      }),
    );
  });

  it('has the media type of structured mode, a session, and its attributes for filters', () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    expect(toEventMessage({ ...event, traceparent }, 'lane-3')).toEqual({
      messageId: `${event.source} e-1`,
      sessionId: 'lane-3',
      subject: event.type,
      contentType: 'application/cloudevents+json',
      body: { ...event, traceparent },
      applicationProperties: {
        cloudEvents_specversion: '1.0',
        cloudEvents_id: 'e-1',
        cloudEvents_source: event.source,
        cloudEvents_type: event.type,
        cloudEvents_subject: 't-1',
        cloudEvents_time: event.time,
        cloudEvents_datacontenttype: 'application/json',
        cloudEvents_traceparent: traceparent,
      },
    });
  });

  it('has one message id for each source and id, whatever else differs', () => {
    const idOf = (changes: Partial<CloudEvent>) => toEventMessage({ ...event, ...changes }, 'lane-0').messageId;
    expect(idOf({ time: '2026-02-11T08:00:00.000Z', data: {} })).toBe(idOf({}));
    expect(idOf({ id: 'e-2' })).not.toBe(idOf({}));
    expect(idOf({ source: '/nimbus' })).not.toBe(idOf({}));
  });

  it('has no message id that is too long for Service Bus', () => {
    const idOf = (id: string) => toEventMessage({ ...event, source: '/s', id }, 'lane-0').messageId;
    expect(idOf('x'.repeat(125))).toHaveLength(128);
    expect(idOf('x'.repeat(126))).toMatch(/^[\w-]{43}$/);
    expect(idOf('x'.repeat(126))).not.toBe(idOf('y'.repeat(126)));
  });
});

describe('a message of another sender', () => {
  const binary = {
    cloudEvents_specversion: '1.0',
    cloudEvents_id: 'e-1',
    cloudEvents_source: '/elsewhere',
    cloudEvents_type: 'x.y',
    cloudEvents_subject: 't-1',
    cloudEvents_time: '2026-02-11T07:41:18Z',
  };
  const body = Buffer.from('{"a":1}');

  it('is read though the host made numbers of texts that look like numbers', () => {
    const applicationProperties = { ...binary, cloudEvents_id: 4711, cloudEvents_subject: 7 };
    expect(fromEventMessage({ body, contentType: undefined, applicationProperties })).toMatchObject({
      id: '4711',
      subject: '7',
      datacontenttype: 'application/json',
      data: { a: 1 },
    });
  });

  it.each(['application/cloudevents+json; charset=utf-8', 'Application/CloudEvents+JSON'])(
    'is structured when it says %s',
    (contentType) => {
      const message = { body: Buffer.from(JSON.stringify(event)), contentType, applicationProperties: {} };
      expect(fromEventMessage(message)).toEqual(event);
    },
  );

  it.each(Object.keys(binary))('without %s cannot be read', (missing) => {
    const applicationProperties = Object.fromEntries(Object.entries(binary).filter(([name]) => name !== missing));
    expect(() => fromEventMessage({ body, contentType: 'application/json', applicationProperties })).toThrow(
      new RegExp(`^not a CloudEvents 1\\.0 event: ${missing.replace('cloudEvents_', '')}: `),
    );
  });

  it.each([
    ['text', Buffer.from('hello')],
    ['nothing', Buffer.alloc(0)],
    ['bytes that are no UTF-8', Buffer.from([0x22, 0xc3, 0x28, 0x22])],
    ['a list', Buffer.from('[]')],
    ['a number', Buffer.from('7')],
    ['null', Buffer.from('null')],
    ['an event of another version', Buffer.from(JSON.stringify({ ...event, specversion: '0.3' }))],
    ['an event without data', Buffer.from(JSON.stringify({ ...event, data: undefined }))],
    ['an event whose data is text', Buffer.from(JSON.stringify({ ...event, data: 'secret-payload' }))],
    ['a batch of events', Buffer.from(JSON.stringify([event]))],
  ])('that holds %s cannot be read, in either mode', (_, unreadable) => {
    const structured = { body: unreadable, contentType: 'application/cloudevents+json', applicationProperties: {} };
    const plain = { body: unreadable, contentType: 'application/json', applicationProperties: {} };
    expect(() => fromEventMessage(structured)).toThrow(UnreadableMessageError);
    expect(() => fromEventMessage(plain)).toThrow(UnreadableMessageError);
  });

  it('that cannot be read is reported without its content', () => {
    const contentType = 'application/cloudevents+json';
    const values = {
      id: 7,
      source: ['secret-payload'],
      type: null,
      specversion: 'secret-payload',
      data: 'secret-payload',
    };
    const wrong = { body: Buffer.from(JSON.stringify(values)), contentType, applicationProperties: {} };
    expect(() => fromEventMessage(wrong)).toThrow(/^not a CloudEvents 1\.0 event: (?!.*secret-payload)/);
    const cut = { body: Buffer.from('{"id":"secret-payload'), contentType, applicationProperties: {} };
    expect(() => fromEventMessage(cut)).toThrow(/^the body is not JSON in UTF-8$/);
  });
});

describe('parseJson', () => {
  it('reads any JSON', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(parseJson(Buffer.from(text))).toEqual(JSON.parse(text));
      }),
    );
  });
});
