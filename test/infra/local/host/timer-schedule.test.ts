import { describe, expect, it } from 'vitest';
import { parseSchedule } from '../../../../infra/local/host/timer-schedule.ts';

const next = (expression: string, after: string) => {
  const ms = parseSchedule(expression)?.next(Date.parse(after));
  return ms === undefined ? undefined : new Date(ms).toISOString();
};

describe('parseSchedule', () => {
  it.each([
    ['*/10 * * * * *', '2026-11-20T10:00:01Z', '2026-11-20T10:00:10.000Z'],
    ['0 */5 * * * *', '2026-11-20T10:00:00Z', '2026-11-20T10:05:00.000Z'],
    ['0 30 9 * * 1-5', '2026-11-20T10:00:00Z', '2026-11-23T09:30:00.000Z'],
    ['0 0 8 1 Jan *', '2026-11-20T10:00:00Z', '2027-01-01T08:00:00.000Z'],
    ['0 0 8 * * Monday', '2026-11-20T10:00:00Z', '2026-11-23T08:00:00.000Z'],
    ['*/5 * * * *', '2026-11-20T10:00:00Z', '2026-11-20T10:05:00.000Z'],
    ['0 5/20 * * * *', '2026-11-20T10:06:00Z', '2026-11-20T10:25:00.000Z'],
    ['00:05:00', '2026-11-20T10:00:03Z', '2026-11-20T10:05:03.000Z'],
  ])('%s after %s', (expression, after, expected) => {
    expect(next(expression, after)).toBe(expected);
  });

  it('needs day and weekday to match together', () => {
    expect(next('0 0 0 13 * 5', '2026-11-20T00:00:00Z')).toBe('2027-08-13T00:00:00.000Z');
  });

  it.each([
    '',
    '* * *',
    '@daily',
    '0 0 0 L * *',
    '0 0 0 * * 5#2',
    '0 0 0 15W * *',
    '99 * * * * *',
    '00:00:00',
    '0 0 ? * * *',
  ])('refuses %s', (expression) => {
    expect(parseSchedule(expression)).toBeUndefined();
  });

  it('knows the shortest time between runs', () => {
    expect(parseSchedule('*/30 * * * * *')?.shortestIntervalMs).toBe(30_000);
    expect(parseSchedule('0 0,1 * * * *')?.shortestIntervalMs).toBe(60_000);
    expect(parseSchedule('00:00:10')?.shortestIntervalMs).toBe(10_000);
  });
});
