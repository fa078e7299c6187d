import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UnreadableMessageError } from '../../../shared/bus/event-message.ts';
import { laneOf } from '../../../shared/bus/lane.ts';
import {
  type Delivery,
  deliveryId,
  deliveryKey,
  firstDelivery,
  queueOf,
  readDelivery,
  toDeliveryMessage,
} from '../../../shared/delivery/delivery.ts';
import { anEvent } from '../../helpers/an-event.ts';
import { bodyOf } from '../../helpers/recording-bus.ts';

function aDelivery(parts: Partial<Delivery> = {}): Delivery {
  return { ...firstDelivery(anEvent(), 'route-1', 'crm.note', Date.parse('2025-03-05T14:07:01Z')), ...parts };
}

const filled = fc.string({ minLength: 1 });
const jsonObject = fc
  .dictionary(filled, fc.jsonValue())
  // JSON has one zero, and the readers drop the one name that would change a prototype.
  .map((object) => JSON.parse(JSON.stringify(object).replaceAll('"__proto__"', '"proto"')));

const anyDelivery: fc.Arbitrary<Delivery> = fc.record({
  event: fc
    .record({ id: filled, source: filled, type: filled, subject: filled, data: jsonObject })
    .map((parts) => anEvent(parts)),
  route: fc.string(),
  step: fc.nat(),
  stepName: fc.string(),
  results: jsonObject,
  attempt: fc.integer({ min: 1, max: 1_000_000 }),
  firstAttemptAt: fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
  acceptedAt: fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
});

describe('a delivery', () => {
  it('is read as it was sent', () => {
    const property = fc.property(anyDelivery, (delivery) => {
      expect(readDelivery(bodyOf(toDeliveryMessage(delivery, 32)))).toEqual(delivery);
    });
    fc.assert(property);
  });

  it.each<[string, string]>([
    ['no JSON', '{"event"'],
    ['something else', '{"hello": 1}'],
    ['no object', 'null'],
    ['an event without an id', JSON.stringify(aDelivery({ event: anEvent({ id: '' }) }))],
    ['a negative step', JSON.stringify(aDelivery({ step: -1 }))],
    ['half a step', JSON.stringify(aDelivery({ step: 0.5 }))],
    ['attempt 0', JSON.stringify(aDelivery({ attempt: 0 }))],
    ['a time that is none', JSON.stringify(aDelivery({ firstAttemptAt: 'yesterday' }))],
    ['another time that is none', JSON.stringify(aDelivery({ acceptedAt: 'yesterday' }))],
  ])('is not read from %s', (_what, body) => {
    expect(() => readDelivery(new TextEncoder().encode(body))).toThrow(UnreadableMessageError);
  });

  it('is not read from bytes that are not UTF-8', () => {
    expect(() => readDelivery(new Uint8Array([0xff, 0xfe]))).toThrow(UnreadableMessageError);
  });

  it('keeps its content out of the error when it can not be read', () => {
    const body = new TextEncoder().encode(JSON.stringify({ ...aDelivery(), step: 'SECRET' }));
    expect(() => readDelivery(body)).toThrow(/^not a delivery$/);
  });
});

describe('toDeliveryMessage', () => {
  it('sends to the lane of the subject, now or at a time', () => {
    const at = new Date('2025-03-05T15:00:00Z');
    expect(toDeliveryMessage(aDelivery(), 8)).toEqual({
      messageId: expect.stringMatching(/^[\w-]{43}\.1$/),
      sessionId: laneOf('task-1', 8),
      subject: 'crm.note',
      contentType: 'application/json',
      body: aDelivery(),
    });
    expect(toDeliveryMessage(aDelivery(), 0, at)).toMatchObject({ sessionId: 'task-1', scheduledEnqueueTime: at });
  });

  it.each<[string, Partial<Delivery>]>([
    ['attempt', { attempt: 2 }],
    ['step', { step: 1 }],
    ['route', { route: 'route-2' }],
    ['event', { event: anEvent({ id: 'event-2' }) }],
    ['source', { event: anEvent({ source: '/nimbus/sales@contoso.example' }) }],
  ])('gives another %s another message id', (_what, parts) => {
    const ids = [aDelivery(), aDelivery(parts)].map((delivery) => toDeliveryMessage(delivery, 8).messageId);
    expect(new Set(ids).size).toBe(2);
  });

  it.each<[string, Partial<Delivery>]>([
    ['results', { results: { a: 1 } }],
    ['time', { firstAttemptAt: '2025-03-05T16:00:00.000Z' }],
    ['payload', { event: anEvent({ data: { other: true } }) }],
  ])('gives another %s the same message id', (_what, parts) => {
    expect(toDeliveryMessage(aDelivery(parts), 8).messageId).toBe(toDeliveryMessage(aDelivery(), 8).messageId);
  });
});

describe('deliveryKey and deliveryId', () => {
  it('fit table keys and vendor references, whatever the event and route are called', () => {
    const property = fc.property(anyDelivery, (delivery) => {
      const key = deliveryKey(delivery);
      expect(key.event).toMatch(/^[\w-]{43}$/);
      expect(deliveryId(key)).toMatch(/^[\w-]{43}$/);
    });
    fc.assert(property);
  });

  it('are the same on every attempt', () => {
    expect(deliveryKey(aDelivery({ attempt: 9, results: { a: 1 } }))).toEqual(deliveryKey(aDelivery()));
  });

  it('tell steps of one route and routes of one event apart', () => {
    const deliveries = [aDelivery(), aDelivery({ step: 1 }), aDelivery({ route: 'route-2' })];
    expect(new Set(deliveries.map((delivery) => deliveryId(deliveryKey(delivery)))).size).toBe(3);
  });
});

describe('queueOf', () => {
  it.each([
    ['crm.findContact', 'deliver-crm'],
    ['lucs.createTask', 'deliver-lucs'],
    ['http.post.json', 'deliver-http'],
  ])('%s goes to %s', (step, queue) => expect(queueOf(step)).toBe(queue));
});
