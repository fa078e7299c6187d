import { describe, expect, it } from 'vitest';
import { deliveryId, deliveryKey } from '../../../shared/delivery/delivery.ts';
import { TransientError } from '../../../shared/errors.ts';
import { engineUnderTest, HOUR_MS, onlyCopy, onlyMessage, START_MS, timeout } from './engine-under-test.ts';

describe('a delivery that another process has', () => {
  it('waits until the claim ends, and does not call', async () => {
    const engine = engineUnderTest();
    const delivery = engine.delivery();
    await engine.claimAndDie(delivery);
    engine.clock.nowMs += 10_000;
    await engine.deliver(delivery);

    expect(engine.calls).toEqual([]);
    const copy = onlyCopy(engine);
    expect(copy.delivery).toEqual({ ...delivery, attempt: 2 });
    expect(copy.atMs).toBeGreaterThanOrEqual(START_MS + 60_000);
    expect(copy.atMs).toBeLessThanOrEqual(START_MS + 61_000);
    expect(engine.log.entries.map(({ level, fields }) => [level, fields.result])).toEqual([
      ['info', 'another process has it'],
    ]);

    engine.clock.nowMs = copy.atMs;
    await engine.deliver(copy.delivery);
    expect(engine.calls).toHaveLength(1);
    expect(await engine.stateOf(delivery)).toBe('done');
  });

  it('is not given up for that, however old it is', async () => {
    const engine = engineUnderTest();
    engine.clock.nowMs = START_MS + 48 * HOUR_MS;
    await engine.claimAndDie(engine.delivery());
    await engine.deliver(engine.delivery());
    expect(engine.bus.messagesOf('failed')).toEqual([]);
    expect(onlyCopy(engine).atMs).toBeGreaterThanOrEqual(engine.clock.nowMs + 60_000);
  });

  it('sends the next step when the other one has done it', async () => {
    const engine = engineUnderTest();
    await engine.claimAndDie(engine.delivery());
    await engine.deliver(engine.delivery());
    const row = engine.table.rows[0];
    await engine.ledger.complete(deliveryKey(engine.delivery()), row?.version ?? '', { id: 'theirs' });
    await engine.deliver(onlyCopy(engine).delivery);
    expect(engine.calls).toEqual([]);
    expect(onlyMessage(engine, 'deliver-next').body).toMatchObject({ results: { first: { id: 'theirs' } } });
  });
});

describe('a delivery whose earlier attempt is in doubt', () => {
  it('is settled by what the destination has', async () => {
    const engine = engineUnderTest();
    const delivery = engine.delivery();
    await engine.claimAndDie(delivery);
    engine.clock.nowMs += 60_000;
    engine.destination.findExisting = async () => ({ id: 'found' });
    await engine.deliver(delivery);

    expect(engine.questions).toMatchObject([{ deliveryId: deliveryId(deliveryKey(delivery)), traceparent: undefined }]);
    expect(engine.calls).toEqual([]);
    expect(onlyMessage(engine, 'deliver-next').body).toMatchObject({ results: { first: { id: 'found' } } });
    expect(await engine.ledger.lookUp(deliveryKey(delivery))).toMatchObject({ state: 'done', result: { id: 'found' } });
    expect(engine.log.entries[0]?.fields.result).toBe('found done');
  });

  it('is carried out when the destination has nothing', async () => {
    const engine = engineUnderTest();
    await engine.claimAndDie(engine.delivery());
    engine.clock.nowMs += 60_000;
    await engine.deliver(engine.delivery());
    expect(engine.questions).toHaveLength(1);
    expect(engine.calls).toHaveLength(1);
    expect(engine.log.entries[0]?.fields.result).toBe('done');
  });

  it.each([
    ['demo.blind', 'done, possibly twice'],
    ['demo.repeatable', 'done'],
  ] as const)('is carried out again by %s, and logged as "%s"', async (step, result) => {
    const engine = engineUnderTest({ step });
    await engine.claimAndDie(engine.delivery());
    engine.clock.nowMs += 60_000;
    await engine.deliver(engine.delivery());
    expect(engine.questions).toEqual([]);
    expect(engine.calls).toHaveLength(1);
    expect(engine.log.entries.map(({ fields }) => fields.result)).toEqual([result]);
  });

  it('asks before each quick try: a call that timed out can have had its effect', async () => {
    const engine = engineUnderTest();
    let effects = 0;
    engine.destination.run = async () => {
      effects += 1;
      throw timeout();
    };
    engine.destination.findExisting = async () => (effects > 0 ? { id: 'found' } : undefined);
    await engine.deliver(engine.delivery());
    expect(effects).toBe(1);
    expect(await engine.stateOf(engine.delivery())).toBe('done');
  });

  it('counts as in doubt when a blind step succeeds only at the second try', async () => {
    const engine = engineUnderTest({ step: 'demo.blind' });
    engine.destination.run = async () => {
      if (engine.calls.length === 1) throw timeout();
      return null;
    };
    await engine.deliver(engine.delivery());
    expect(engine.log.entries[0]?.fields.result).toBe('done, possibly twice');
  });

  it('waits while the destination can not be asked', async () => {
    const engine = engineUnderTest();
    await engine.claimAndDie(engine.delivery());
    engine.clock.nowMs += 60_000;
    engine.destination.findExisting = async () => {
      throw timeout();
    };
    await engine.deliver(engine.delivery());
    expect(engine.questions).toHaveLength(3);
    expect(engine.calls).toEqual([]);
    expect(onlyCopy(engine).delivery.attempt).toBe(2);
  });
});

describe('a delivery without a ledger', () => {
  it('does not call, and comes back', async () => {
    const engine = engineUnderTest();
    engine.table.goDown();
    await engine.deliver(engine.delivery());
    expect(engine.calls).toEqual([]);
    expect(onlyCopy(engine).delivery.attempt).toBe(2);
    engine.table.recover();
    await engine.deliver(onlyCopy(engine).delivery);
    expect(engine.calls).toHaveLength(1);
  });

  it('finds out what it did when the ledger was lost after the call', async () => {
    const engine = engineUnderTest();
    engine.destination.run = async () => {
      engine.table.goDown();
      return { id: 'made' };
    };
    await engine.deliver(engine.delivery());
    expect(engine.bus.messagesOf('deliver-next')).toEqual([]);
    const copy = onlyCopy(engine);

    engine.table.recover();
    engine.destination.findExisting = async () => ({ id: 'made' });
    engine.clock.nowMs = START_MS + 60_000;
    await engine.deliver(copy.delivery);
    expect(engine.calls).toHaveLength(1);
    expect(onlyMessage(engine, 'deliver-next').body).toMatchObject({ results: { first: { id: 'made' } } });
  });

  it('goes on when only the answer of the ledger was lost', async () => {
    const engine = engineUnderTest();
    engine.table.after = (operation) => {
      if (operation === 'replace') throw new TransientError('the table storage does not answer');
    };
    await engine.deliver(engine.delivery());
    expect(await engine.stateOf(engine.delivery())).toBe('done');
    engine.table.recover();
    await engine.deliver(onlyCopy(engine).delivery);
    expect(engine.calls).toHaveLength(1);
    expect(engine.bus.messagesOf('deliver-next')).toHaveLength(1);
  });

  it('comes back when its claim was lost to another process while it called', async () => {
    const engine = engineUnderTest();
    engine.destination.run = async () => {
      engine.clock.nowMs += 60_000;
      await engine.claimAndDie(engine.delivery());
      return { id: 'made' };
    };
    await engine.deliver(engine.delivery());
    expect(engine.bus.messagesOf('deliver-next')).toEqual([]);
    expect(onlyCopy(engine).delivery.attempt).toBe(2);
    expect(engine.log.entries[0]?.fields.reason).toBe('the claim on this delivery was lost to another process');
  });
});

describe('a delivery without the bus', () => {
  it('throws after a success, and sends the next step when it comes again', async () => {
    const engine = engineUnderTest();
    engine.bus.goDown();
    await expect(engine.deliver(engine.delivery())).rejects.toBeInstanceOf(TransientError);
    engine.bus.recover();
    await engine.deliver(engine.delivery());
    expect(engine.calls).toHaveLength(1);
    expect(engine.bus.messagesOf('deliver-next')).toHaveLength(1);
  });

  it('schedules itself when only the next queue does not take the step', async () => {
    const engine = engineUnderTest();
    engine.bus.before = (entity) => {
      if (entity === 'deliver-next') throw new TransientError('the bus did not confirm a send to "deliver-next"');
    };
    await engine.deliver(engine.delivery());
    engine.bus.recover();
    await engine.deliver(onlyCopy(engine).delivery);
    expect(engine.calls).toHaveLength(1);
    expect(engine.bus.messagesOf('deliver-next')).toHaveLength(1);
  });

  it.each<[string, Error, string]>([
    ['a failure that may pass', timeout(), 'deliver-demo'],
    ['a failure that will not', new RangeError('x'), 'failed'],
  ])('throws after %s, and does not forget it', async (_what, error, entity) => {
    const engine = engineUnderTest();
    engine.destination.run = async () => {
      throw error;
    };
    engine.bus.goDown();
    await expect(engine.deliver(engine.delivery())).rejects.toThrow('the bus does not answer');
    expect(await engine.stateOf(engine.delivery())).toBe('claimed');
    engine.bus.recover();
    engine.clock.nowMs += 60_000;
    await engine.deliver(engine.delivery());
    expect(engine.bus.messagesOf(entity)).toHaveLength(1);
  });
});
