import { describe, expect, it } from 'vitest';
import { busPayload } from '../../../../infra/local/host/bus-invocation.ts';
import type { BusMessage } from '../../../../infra/local/host/bus-message.ts';
import type { ServiceBusTrigger } from '../../../../infra/local/host/triggers.ts';
import { busMessage } from './messages.ts';

type Shape = Pick<ServiceBusTrigger, 'cardinality' | 'dataType'> & { sessions?: boolean };

const payload = (shape: Shape, messages: BusMessage[], keepEmpty = false) =>
  busPayload({ bindingName: 'bus', sessions: false, ...shape }, messages, keepEmpty);
const bodyOf = (shape: Shape, bodies: (string | Buffer)[], keepEmpty = false) =>
  payload(
    shape,
    bodies.map((body) => busMessage({ body: Buffer.from(body) })),
    keepEmpty,
  ).inputData[0]?.data;

const one: Shape = { cardinality: 'one', dataType: 'none' };
const binary: Shape = { cardinality: 'one', dataType: 'binary' };
const many: Shape = { cardinality: 'many', dataType: 'none' };

describe('the body', () => {
  it('of one message is text, unless it is to be binary', () => {
    expect(bodyOf(one, ['7'])).toEqual({ string: '7' });
    expect(bodyOf({ cardinality: 'one', dataType: 'string' }, ['é'])).toEqual({ string: 'é' });
    expect(bodyOf(binary, [Buffer.from([0, 255])])).toEqual({ bytes: Buffer.from([0, 255]) });
  });

  it('of a batch is one JSON array, with dates written as .NET writes them', () => {
    const bodies = [
      '{"at":"2026-11-20T10:00:00.120Z","n":1}',
      '"2026-11-20T10:00:00.000Z"',
      '"2026-11-20T10:00:00+02:00"',
      '"2026-11-20"',
    ];
    expect(JSON.parse(bodyOf(many, bodies)?.json ?? '')).toEqual([
      { at: '2026-11-20T10:00:00.12Z', n: 1 },
      '2026-11-20T10:00:00Z',
      '2026-11-20T08:00:00+00:00',
      '2026-11-20',
    ]);
  });

  it('fails a whole batch without a data type for one body that is not JSON', () => {
    expect(() => bodyOf(many, ['{}', 'plain'])).toThrow(SyntaxError);
  });

  it('loses empty texts of a batch, unless the capability keeps them', () => {
    const texts: Shape = { cardinality: 'many', dataType: 'string' };
    expect(bodyOf(texts, ['a', '', 'b'])).toEqual({ collectionString: { string: ['a', 'b'] } });
    expect(bodyOf(texts, ['a', '', 'b'], true)).toEqual({ collectionString: { string: ['a', '', 'b'] } });
  });

  it('of a binary batch is one buffer each', () => {
    expect(bodyOf({ cardinality: 'many', dataType: 'binary' }, ['a', ''])).toEqual({
      collectionBytes: { bytes: [Buffer.from('a'), Buffer.from('')] },
    });
  });
});

describe('the metadata of one message', () => {
  const full = busMessage({
    messageId: '12345',
    sequenceNumber: 9_007_199_254_740_993n,
    deliveryCount: 3,
    sessionId: 's',
    replyToSessionId: 'rs',
    correlationId: 'c',
    contentType: 'application/json',
    subject: 'true',
    to: 't',
    replyTo: 'r',
    partitionKey: 'p',
    transactionPartitionKey: 'tp',
    deadLetterSource: 'd',
    applicationProperties: { Tenant: 'x', at: new Date(0), raw: Buffer.from('a') },
  });

  it('has every key of the extension', () => {
    const properties = { json: '{"Tenant":"x","at":"1970-01-01T00:00:00.000Z","raw":"YQ=="}' };
    expect(payload({ ...binary, sessions: true }, [full]).triggerMetadata).toEqual({
      MessageReceiver: { json: '{}' },
      MessageActions: { json: '{}' },
      ReceiveActions: { json: '{}' },
      Client: { json: '{}' },
      MessageSession: { json: '{}' },
      SessionActions: { json: '{}' },
      DeliveryCount: { json: '3' },
      DeadLetterSource: { string: 'd' },
      LockToken: { string: 'token' },
      ExpiresAtUtc: { json: '"2026-11-21T10:00:00"' },
      ExpiresAt: { json: '"2026-11-21T10:00:00+00:00"' },
      EnqueuedTimeUtc: { json: '"2026-11-20T10:00:00.12"' },
      EnqueuedTime: { json: '"2026-11-20T10:00:00.12+00:00"' },
      MessageId: { string: '12345' },
      ContentType: { string: 'application/json' },
      ReplyTo: { string: 'r' },
      SequenceNumber: { json: '9007199254740993' },
      To: { string: 't' },
      Subject: { string: 'true' },
      Label: { string: 'true' },
      CorrelationId: { string: 'c' },
      ApplicationProperties: properties,
      UserProperties: properties,
      SessionId: { string: 's' },
      ReplyToSessionId: { string: 'rs' },
      PartitionKey: { string: 'p' },
      TransactionPartitionKey: { string: 'tp' },
    });
  });

  it('leaves out what the message does not have', () => {
    const metadata = payload(binary, [busMessage()]).triggerMetadata;
    expect(metadata).not.toHaveProperty('CorrelationId');
    expect(metadata).not.toHaveProperty('MessageSession');
  });

  it("writes .NET's latest time for a message that never expires", () => {
    const metadata = payload(binary, [busMessage({ expiresAtMs: Number.POSITIVE_INFINITY })]).triggerMetadata;
    expect(metadata.ExpiresAt).toEqual({ json: '"9999-12-31T23:59:59.9999999+00:00"' });
  });

  const overwriting = busMessage({
    body: Buffer.from('{"DELIVERYCOUNT":99,"messageId":"forged","tags":[1],"nothing":null,"extra":{"a":1}}'),
  });

  it('is overwritten by the members of a text body, ignoring case, but for arrays and nulls', () => {
    const metadata = payload(one, [overwriting]).triggerMetadata;
    expect(metadata).toMatchObject({
      DeliveryCount: { json: '99' },
      MessageId: { string: 'forged' },
      extra: { json: '{"a":1}' },
    });
    expect(Object.keys(metadata).filter((name) => /^(tags|nothing|messageId|DELIVERYCOUNT)$/.test(name))).toEqual([]);
  });

  it('is safe from the body with binary data and in batches', () => {
    expect(payload(binary, [overwriting]).triggerMetadata).toMatchObject({ MessageId: { string: 'm1' } });
    expect(payload(many, [overwriting]).triggerMetadata).not.toHaveProperty('extra');
  });

  it("takes the sender's Diagnostic-Id for the trace", () => {
    const message = busMessage({ applicationProperties: { 'Diagnostic-Id': 'trace' } });
    expect(payload(binary, [message]).traceParent).toBe('trace');
  });
});

describe('the metadata of a batch', () => {
  const messages = [
    busMessage({ messageId: 'a', correlationId: undefined, sequenceNumber: 2n ** 53n + 1n }),
    busMessage({ messageId: 'b', correlationId: 'c2', deliveryCount: 4 }),
  ];

  it('is one array per key, in which missing texts shift the others', () => {
    const metadata = payload(many, messages).triggerMetadata;
    expect(metadata).toMatchObject({
      MessageIdArray: { collectionString: { string: ['a', 'b'] } },
      CorrelationIdArray: { collectionString: { string: ['c2'] } },
      DeliveryCountArray: { json: '[1,4]' },
      SequenceNumberArray: {
        collectionSint64: {
          sint64: [
            { low: 1, high: 2 ** 21, unsigned: false },
            { low: 1, high: 0, unsigned: false },
          ],
        },
      },
    });
    expect(metadata).not.toHaveProperty('MessageId');
  });

  it('keeps the places of missing texts when the app asked for it', () => {
    expect(payload(many, messages, true).triggerMetadata).toMatchObject({
      CorrelationIdArray: { collectionString: { string: ['', 'c2'] } },
    });
  });
});
