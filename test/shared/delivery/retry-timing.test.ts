import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backoffMs, retryAfterMs } from '../../../shared/delivery/retry-timing.ts';

describe('backoffMs', () => {
  it.each([
    [1, 1, 100],
    [2, 1, 200],
    [3, 1, 400],
    [3, 0.25, 100],
    [3, 0, 0],
    [5, 1, 1_000],
    [5_000, 1, 1_000],
  ])('after try %i with random %d: %i ms', (attempt, random, expected) => {
    expect(backoffMs(attempt, { baseMs: 100, capMs: 1_000 }, random)).toBe(expected);
  });

  it('stays between 0 and the cap, and below what the try allows, in whole milliseconds', () => {
    const property = fc.property(
      fc.integer({ min: 1, max: 100_000 }),
      fc.integer({ min: 1, max: 600_000 }),
      fc.integer({ min: 1, max: 3_600_000 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (attempt, baseMs, capMs, random) => {
        const delayMs = backoffMs(attempt, { baseMs, capMs }, random);
        expect(Number.isInteger(delayMs)).toBe(true);
        expect(delayMs).toBeGreaterThanOrEqual(0);
        expect(delayMs).toBeLessThanOrEqual(Math.min(capMs, baseMs * 2 ** (attempt - 1)));
      },
    );
    fc.assert(property);
  });

  it('grows with each try until the cap, for the same random number', () => {
    const property = fc.property(
      fc.integer({ min: 1, max: 60 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (attempt, random) => {
        const backoff = { baseMs: 50, capMs: 900_000 };
        expect(backoffMs(attempt + 1, backoff, random)).toBeGreaterThanOrEqual(backoffMs(attempt, backoff, random));
      },
    );
    fc.assert(property);
  });
});

describe('retryAfterMs', () => {
  const now = Date.parse('2025-03-05T14:00:00.000Z');

  it.each([
    ['0', 0],
    ['120', 120_000],
    [' 7 ', 7_000],
    ['Wed, 05 Mar 2025 14:00:30 GMT', 30_000],
    ['wed, 05 mar 2025 14:00:30 gmt', 30_000],
    ['Wednesday, 05-Mar-25 14:00:30 GMT', 30_000],
    ['Wed Mar  5 14:00:30 2025', 30_000],
    ['Wed, 05 Mar 2025 13:00:00 GMT', 0],
  ])('reads %j as %i ms', (header, expected) => expect(retryAfterMs(header, now)).toBe(expected));

  it.each([
    null,
    undefined,
    '',
    '   ',
    '-5',
    '1.5',
    '1e3',
    '12345678901',
    'soon',
    'soon 5',
    '120 seconds',
    'Wed, later',
    'Wed, 99 Mar 2025 99:99:99 GMT',
    '2025-03-05T14:00:30Z',
  ])('makes nothing of %j', (header) => expect(retryAfterMs(header, now)).toBeUndefined());

  it('gives back any date that is written as HTTP writes dates, to the second', () => {
    const property = fc.property(fc.integer({ min: 0, max: 4_000_000_000 }), (seconds) => {
      expect(retryAfterMs(new Date(seconds * 1000).toUTCString(), 0)).toBe(seconds * 1000);
    });
    fc.assert(property);
  });

  it('never gives anything but a delay or nothing', () => {
    const property = fc.property(fc.string(), (header) => {
      expect(retryAfterMs(header, now) ?? 0).toBeGreaterThanOrEqual(0);
    });
    fc.assert(property);
  });
});
