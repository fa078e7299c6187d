import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  billedOperations,
  credits,
  documentedCredits,
  idleOperations,
  operationsCost,
  serviceBusItems,
  tierAdvice,
} from '../../../../infra/tools/cost/service-bus.ts';
import { noCounts, operations, prices, shape } from './fixtures.ts';

const counts = { ...noCounts, sends: 4, receives: 4, settlements: 4, sessionAccepts: 4, emptyReceives: 4 };
const KB = 1_024;

describe('operations that are billed', () => {
  it('are all calls, and one more to send and to receive for each 64 KB', () => {
    expect(billedOperations(counts, 3 * KB)).toBe(20);
    expect(billedOperations(counts, 64 * KB)).toBe(20);
    expect(billedOperations(counts, 64 * KB + 1)).toBe(28);
    expect(billedOperations(counts, 256 * KB)).toBe(44);
  });

  it.each([
    [13_000_000, 0],
    [14_000_000, 1],
    [100_000_000, 87],
    [102_000_000, 88],
    [2_500_000_000, 87 + 1_200],
    [2_510_000_000, 87 + 1_200 + 1],
  ])('%d of a month cost %d', (quantity, cost) => {
    expect(operationsCost(quantity, prices)).toBeCloseTo(cost, 6);
  });

  it('come from receivers that wait in vain, too', () => {
    // Five functions, two receivers on one core, once a minute.
    expect(idleOperations(operations.idle, shape)).toBe(5 * 2 * 60 * 730);
    expect(idleOperations(operations.idle, { ...shape, instanceMemoryMB: 4096 })).toBe(5 * 4 * 60 * 730);
    expect(idleOperations(operations.idle, { ...shape, instanceMemoryMB: 512 })).toBe(5 * 2 * 60 * 730);
    const alwaysReady = { http: 3, 'function:route-events': 3 };
    expect(idleOperations(operations.idle, { ...shape, alwaysReady })).toBe(7 * 2 * 60 * 730);
  });
});

describe('what Service Bus costs', () => {
  const load = { eventsPerDay: 24_000, peakFactor: 10, messageBytes: KB, counts };

  it('is a base price and operations with Standard', () => {
    const [base, calls] = serviceBusItems(load, operations.idle, shape, prices);
    expect(base).toEqual({ item: 'Service Bus Standard, base', quantity: 730, unit: 'hours', cost: 7.3 });
    // 24,000 events a day are 730,000 a month.
    expect(calls?.quantity).toBeCloseTo(730_000 * 20 + 438_000, 3);
    expect(calls?.cost).toBeCloseTo(2.038, 6);
  });

  it('is messaging units by the hour with Premium, whatever comes', () => {
    const premium = { ...shape, serviceBusSku: 'Premium', messagingUnits: 2 } as const;
    expect(serviceBusItems(load, operations.idle, premium, prices)).toEqual([
      { item: 'Service Bus Premium', quantity: 1_460, unit: 'messaging unit hours', cost: 1_460 },
    ]);
  });
});

describe('credits', () => {
  it('are one for each message and filter, and to be safe one for each other call', () => {
    expect(documentedCredits(counts)).toBe(9);
    expect(credits(counts)).toBe(21);
  });
});

describe('the tier that is enough', () => {
  const load = { eventsPerDay: 100_000, peakFactor: 10, messageBytes: KB, counts };

  it('is told with the peak', () => {
    expect(tierAdvice({ ...load, eventsPerDay: 86_400 }, false)).toEqual({
      enough: 'Standard',
      reason: 'the peak stays below its 1,000 credits per second',
      operationsPerEvent: [20, 28, 36, 44],
      peakEventsPerSecond: 10,
      creditsPerEvent: 21,
      creditsPerSecondAtPeak: 210,
      // 1,000 × 86,400 ÷ 210, and ÷ 90.
      standardEndsAtEventsPerDay: 411_428,
      documentedEndAtEventsPerDay: 960_000,
    });
  });

  it('changes exactly at the limit', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: 100 }), (receives, peakFactor) => {
        const at = (eventsPerDay: number) =>
          tierAdvice({ ...load, eventsPerDay, peakFactor, counts: { ...noCounts, receives } }, false);
        const end = at(0).standardEndsAtEventsPerDay;
        expect(at(end)).toMatchObject({ enough: 'Standard' });
        expect(at(end).creditsPerSecondAtPeak).toBeLessThanOrEqual(1_000.000_001);
        expect(at(end + 1)).toMatchObject({ enough: 'Premium' });
        expect(at(end + 1).creditsPerSecondAtPeak).toBeGreaterThan(1_000);
      }),
    );
  });

  it('is Premium for large messages and private endpoints', () => {
    expect(tierAdvice({ ...load, messageBytes: 256 * KB }, false).enough).toBe('Standard');
    expect(tierAdvice({ ...load, messageBytes: 256 * KB + 1 }, false)).toMatchObject({
      enough: 'Premium',
      reason: 'Standard takes messages of at most 256 KB',
    });
    expect(tierAdvice(load, true)).toMatchObject({ enough: 'Premium', reason: 'only Premium has private endpoints' });
  });
});
