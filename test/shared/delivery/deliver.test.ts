import { describe, expect, it } from 'vitest';
import { laneOf } from '../../../shared/bus/lane.ts';
import { deliveryId, deliveryKey, readDelivery } from '../../../shared/delivery/delivery.ts';
import { TransientError } from '../../../shared/errors.ts';
import { bodyOf } from '../../helpers/recording-bus.ts';
import { engineUnderTest, HOUR_MS, onlyCopy, onlyMessage, routesWith, START_MS, timeout } from './engine-under-test.ts';

describe('a delivery that succeeds', () => {
  it('calls the step with its arguments and a reference that is always the same', async () => {
    const engine = engineUnderTest();
    const traceparent = '00-11111111111111111111111111111111-2222222222222222-01';
    const delivery = engine.delivery({ traceparent });
    await engine.deliver(delivery);
    expect(engine.calls).toEqual([
      {
        text: 'hello!',
        call: {
          deliveryId: deliveryId(deliveryKey(delivery)),
          traceparent,
          ageMs: 0,
          findCreated: expect.any(Function),
        },
      },
    ]);
    expect(engine.questions).toEqual([]);
  });

  it('stores its result, sends the next step, and logs one line', async () => {
    const engine = engineUnderTest();
    const delivery = engine.delivery({}, { results: { earlier: 1 }, attempt: 4 });
    engine.destination.run = async () => {
      engine.clock.nowMs += 12;
      return { id: 'made' };
    };
    await engine.deliver(delivery);

    expect(await engine.ledger.lookUp(deliveryKey(delivery))).toMatchObject({ state: 'done', result: { id: 'made' } });
    expect(engine.bus.sends).toHaveLength(1);
    const message = onlyMessage(engine, 'deliver-next');
    expect(readDelivery(bodyOf(message))).toEqual({
      event: delivery.event,
      route: 'route-1',
      step: 1,
      stepName: 'next.note',
      results: { earlier: 1, first: { id: 'made' } },
      attempt: 1,
      firstAttemptAt: new Date(START_MS + 12).toISOString(),
    });
    expect(message).toMatchObject({ sessionId: laneOf('task-1', 8), subject: 'next.note' });
    expect(message.scheduledEnqueueTime).toBeUndefined();
    expect(engine.log.text).toBe('info delivery event=event-1 route=route-1 step=demo.findable result=done ms=12');
  });

  it('tells in each line how long ago the bus took the event, also in those of the next step', async () => {
    const engine = engineUnderTest();
    const acceptedAt = new Date(START_MS - 3_000).toISOString();
    engine.destination.run = async () => {
      engine.clock.nowMs += 12;
    };
    await engine.deliver(engine.delivery({}, { acceptedAt }));
    engine.destination.run = async () => {
      throw new TransientError('Demo answered 503 to "write"');
    };
    await engine.deliver(engine.delivery({ id: 'event-2' }, { acceptedAt, firstAttemptAt: acceptedAt }));

    expect(engine.log.entries.map(({ fields }) => [fields?.result, fields?.eventAgeMs])).toEqual([
      ['done', 3_012],
      ['retry', engine.clock.nowMs - START_MS + 3_000],
    ]);
    expect(readDelivery(bodyOf(onlyMessage(engine, 'deliver-next'))).acceptedAt).toBe(acceptedAt);
  });

  it('logs what the result warns of, beside the line that it was done', async () => {
    const engine = engineUnderTest({ routes: routesWith('demo.findable') });
    engine.destination.run = async () => ({ id: 'made', warnings: ['cut to 150 characters'] });
    await engine.deliver(engine.delivery());
    expect(engine.log.text.split('\n')).toEqual([
      'warn delivery event=event-1 route=route-1 step=demo.findable result=warning ms=0 reason="cut to 150 characters"',
      'info delivery event=event-1 route=route-1 step=demo.findable result=done ms=0',
    ]);
  });

  it('sends nothing after the last step', async () => {
    const engine = engineUnderTest({ routes: routesWith('demo.findable') });
    await engine.deliver(engine.delivery());
    expect(engine.bus.sends).toEqual([]);
    expect(await engine.stateOf(engine.delivery())).toBe('done');
  });

  it('hands earlier results on when its own has no name, and null for a result that is nothing', async () => {
    const routes = routesWith('demo.findable', '      - step: demo.blind\n      - step: next.note\n');
    const engine = engineUnderTest({ routes });
    engine.destination.run = async () => undefined;
    await engine.deliver(engine.delivery());
    const second = readDelivery(bodyOf(onlyMessage(engine, 'deliver-demo')));
    expect(second.results).toEqual({ first: null });
    await engine.deliver(second);
    expect(readDelivery(bodyOf(onlyMessage(engine, 'deliver-next'))).results).toEqual({ first: null });
  });

  it('sends the next step again when it comes a second time, and does not call', async () => {
    const engine = engineUnderTest();
    await engine.deliver(engine.delivery());
    engine.clock.nowMs += HOUR_MS;
    await engine.deliver(engine.delivery({}, { attempt: 2 }));
    expect(engine.calls).toHaveLength(1);
    const [first, again] = engine.bus.messagesOf('deliver-next');
    expect(again?.messageId).toBe(first?.messageId);
    expect(again?.body).toMatchObject({ results: { first: { id: 'made' } }, attempt: 1 });
    expect(engine.log.entries[1]?.fields).toMatchObject({ result: 'done before' });
  });
});

describe('a delivery that fails for now', () => {
  it('is tried at once, three times, and then later as a copy', async () => {
    const engine = engineUnderTest();
    engine.destination.run = async () => {
      throw timeout();
    };
    const delivery = engine.delivery();
    await engine.deliver(delivery);

    expect(engine.calls).toHaveLength(3);
    expect(engine.sleeps).toEqual([100, 200]);
    const copy = onlyCopy(engine);
    expect(copy.delivery).toEqual({ ...delivery, attempt: 2 });
    expect(copy.message.messageId).toBe(`${deliveryId(deliveryKey(delivery))}.2`);
    expect(copy.message.sessionId).toBe(laneOf('task-1', 8));
    expect(copy.atMs).toBe(START_MS + 300 + 2_500);
    expect(await engine.ledger.lookUp(deliveryKey(delivery))).toMatchObject({ state: 'open', mayHaveRun: true });
    expect(engine.bus.messagesOf('failed')).toEqual([]);
    expect(engine.log.entries).toEqual([
      {
        level: 'warn',
        message: 'delivery',
        fields: {
          event: 'event-1',
          route: 'route-1',
          step: 'demo.findable',
          result: 'retry',
          ms: 300,
          inMs: 2_500,
          reason: 'Demo did not answer within 10 ms for "write"',
        },
      },
    ]);
  });

  it('is done when a quick try succeeds', async () => {
    const engine = engineUnderTest();
    engine.destination.run = async () => {
      if (engine.calls.length < 3) throw timeout();
      return { id: 'made' };
    };
    await engine.deliver(engine.delivery());
    expect(await engine.stateOf(engine.delivery())).toBe('done');
    expect(engine.bus.messagesOf('deliver-demo')).toEqual([]);
    expect(engine.bus.messagesOf('deliver-next')).toHaveLength(1);
  });

  it.each([
    [1, 0, 0],
    [1, 1, 5_000],
    [2, 1, 10_000],
    [5, 0.5, 40_000],
    [30, 1, 900_000],
  ])('comes back after attempt %i with random %d in %i ms', async (attempt, random, inMs) => {
    const engine = engineUnderTest({ random: () => random });
    engine.destination.run = async () => {
      throw timeout();
    };
    await engine.deliver(engine.delivery({}, { attempt }));
    expect(onlyCopy(engine).atMs - engine.clock.nowMs).toBe(inMs);
  });

  it('waits as long as the destination asks before a quick try', async () => {
    const engine = engineUnderTest();
    engine.destination.run = async () => {
      throw new TransientError('busy', { retryAfterMs: 1_000 });
    };
    await engine.deliver(engine.delivery());
    expect(engine.sleeps).toEqual([1_000, 1_000]);
  });

  it('makes no quick try when the destination asks for more time, and does not come back before it', async () => {
    const engine = engineUnderTest();
    engine.destination.run = async () => {
      throw new TransientError('busy', { retryAfterMs: 120_000 });
    };
    await engine.deliver(engine.delivery());
    expect(engine.calls).toHaveLength(1);
    expect(engine.sleeps).toEqual([]);
    expect(onlyCopy(engine).atMs).toBe(START_MS + 120_000);
  });

  it('comes back no later than it would be given up, whatever the destination asks', async () => {
    const engine = engineUnderTest();
    engine.destination.run = async () => {
      throw new TransientError('busy', { retryAfterMs: 1_000 * 24 * HOUR_MS });
    };
    await engine.deliver(engine.delivery());
    expect(onlyCopy(engine).atMs).toBe(START_MS + 24 * HOUR_MS);
    engine.clock.nowMs = START_MS + 24 * HOUR_MS;
    await engine.deliver(onlyCopy(engine).delivery);
    expect(engine.calls).toHaveLength(2);
    expect(engine.bus.messagesOf('failed')).toHaveLength(1);
  });

  it('is given up when its first attempt is too long ago', async () => {
    const engine = engineUnderTest();
    engine.destination.run = async () => {
      throw new TransientError('Demo answered 503 to "write"', { httpStatus: 503, retryAfterMs: 60_000 });
    };
    engine.clock.nowMs = START_MS + 24 * HOUR_MS - 1;
    await engine.deliver(engine.delivery({}, { attempt: 8 }));
    expect(engine.bus.messagesOf('failed')).toEqual([]);

    engine.clock.nowMs = START_MS + 24 * HOUR_MS;
    await engine.deliver(engine.delivery({}, { attempt: 9 }));
    expect(onlyMessage(engine, 'failed').applicationProperties).toMatchObject({
      errorClass: 'TransientError',
      errorMessage: 'Demo answered 503 to "write"',
      httpStatus: 503,
      attempts: 9,
      firstAttemptAt: '2025-03-05T14:00:00.000Z',
      lastAttemptAt: '2025-03-06T14:00:00.000Z',
    });
    expect(await engine.stateOf(engine.delivery())).toBe('failed');
  });
});
