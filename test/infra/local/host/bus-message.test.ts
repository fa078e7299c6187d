import { describe, expect, it } from 'vitest';
import { adminMessage, readBusMessage } from '../../../../infra/local/host/bus-message.ts';
import { receivedMessage } from './fake-receiver.ts';

describe('readBusMessage', () => {
  it('counts deliveries from one', () => {
    expect(readBusMessage(receivedMessage('a', { deliveryCount: 0 })).deliveryCount).toBe(1);
    expect(readBusMessage(receivedMessage('a', { deliveryCount: 4 })).deliveryCount).toBe(5);
  });

  it.each([
    [Buffer.from('bytes'), 'bytes'],
    [new Uint8Array([104, 105]), 'hi'],
    ['text', 'text'],
    [undefined, ''],
    [null, ''],
    [[Buffer.from('two '), Buffer.from('parts')], 'two parts'],
  ])('reads the body %j', (body, expected) => {
    expect(readBusMessage(receivedMessage('a', { body })).body.toString()).toBe(expected);
  });

  it.each([[{ a: 1 }], [7], [['sequence']]])('refuses the body %j', (body) => {
    expect(() => readBusMessage(receivedMessage('a', { body }))).toThrow('neither bytes nor text');
  });

  it('keeps ids that are not text as text', () => {
    expect(readBusMessage(receivedMessage('a', { messageId: 7, correlationId: 8 }))).toMatchObject({
      messageId: '7',
      correlationId: '8',
    });
  });
});

it('adminMessage carries the input', () => {
  expect(adminMessage('in', 'id', 5)).toMatchObject({
    body: Buffer.from('in'),
    messageId: 'id',
    enqueuedAtMs: 5,
    deliveryCount: 1,
  });
});
