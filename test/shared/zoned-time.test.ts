import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromLocal, toLocal } from '../../shared/zoned-time.ts';

const zone = fc.constantFrom(
  'UTC',
  'Europe/Berlin',
  'Europe/London',
  'America/St_Johns',
  'America/New_York',
  'Australia/Lord_Howe',
  'Asia/Kathmandu',
  'Pacific/Apia',
  'Africa/Monrovia',
);

/** Days around which the clocks of those zones change, days at both ends of the calendar, and any other. */
const moment = fc
  .oneof(
    fc.constantFrom('2025-03-09', '2025-03-30', '2025-10-26', '2025-11-02', '2025-04-06', '2011-12-30', '1972-01-07'),
    fc.constantFrom('0001-01-02', '1850-01-01', '2000-02-29', '9999-12-30'),
    fc.date({ min: new Date(0), max: new Date('2060-01-01'), noInvalidDate: true }).map((day) => day.toISOString()),
  )
  .chain((day) => fc.integer({ min: -86_400_000, max: 86_400_000 }).map((ms) => Date.parse(day.slice(0, 10)) + ms));

describe('toLocal', () => {
  it.each([
    ['2025-01-15T12:00:00Z', 'Europe/Berlin', '2025-01-15', '13:00:00.000'],
    ['2025-07-15T22:30:00.5Z', 'Europe/Berlin', '2025-07-16', '00:30:00.500'],
    ['2025-01-01T00:00:00Z', 'America/St_Johns', '2024-12-31', '20:30:00.000'],
    ['2025-03-30T00:59:59.999Z', 'Europe/Berlin', '2025-03-30', '01:59:59.999'],
    ['2025-03-30T01:00:00Z', 'Europe/Berlin', '2025-03-30', '03:00:00.000'],
    ['1970-01-01T00:00:00Z', 'UTC', '1970-01-01', '00:00:00.000'],
    ['1850-01-01T00:00:00Z', 'Europe/Berlin', '1850-01-01', '00:53:28.000'],
  ])('shows %s in %s', (utc, timeZone, date, time) => {
    expect(toLocal(Date.parse(utc), timeZone)).toEqual({ date, time });
  });

  it('shows what Intl shows', () => {
    fc.assert(
      fc.property(moment, zone, (epochMs, timeZone) => {
        fc.pre(epochMs > Date.parse('1000-01-02'));
        const shown = new Date(epochMs).toLocaleString('sv-SE', { timeZone });
        const { date, time } = toLocal(epochMs, timeZone);
        expect(`${date} ${time.slice(0, 8)}`).toBe(shown);
      }),
    );
  });

  it('takes no zone that does not exist', () => {
    expect(() => toLocal(0, 'Mars/Olympus')).toThrow(RangeError);
  });
});

describe('fromLocal', () => {
  const berlin = (date: string, time: string) => {
    const epochMs = fromLocal({ date, time }, 'Europe/Berlin');
    return epochMs === undefined ? undefined : new Date(epochMs).toISOString();
  };

  it('finds the moment that shows a time, the first one where there are two', () => {
    fc.assert(
      fc.property(moment, zone, (epochMs, timeZone) => {
        const local = toLocal(epochMs, timeZone);
        const found = fromLocal(local, timeZone) ?? Number.NaN;
        expect(toLocal(found, timeZone)).toEqual(local);
        expect(found).toBeLessThanOrEqual(epochMs);
      }),
      { numRuns: 500 },
    );
  });

  it('never runs backwards where clocks are put forward', () => {
    const minutes = Array.from({ length: 240 }, (_, minute) => new Date(minute * 60_000).toISOString().slice(11, 16));
    const moments = minutes.map((time) => fromLocal({ date: '2025-03-30', time }, 'Europe/Berlin') ?? Number.NaN);
    expect(moments.filter((ms, index) => ms - (moments[index - 1] ?? ms - 60_000) !== 60_000)).toEqual([
      Date.parse('2025-03-30T01:00:00Z'),
    ]);
  });

  it.each([
    ['a winter day', '2025-01-15', '13:00', '2025-01-15T12:00:00.000Z'],
    ['a summer day, to the millisecond', '2025-07-16', '00:30:00.5', '2025-07-15T22:30:00.500Z'],
    ['the last minute before a gap', '2025-03-30', '01:59', '2025-03-30T00:59:00.000Z'],
    ['a time that is left out', '2025-03-30', '02:30', '2025-03-30T01:30:00.000Z'],
    ['the first minute after a gap', '2025-03-30', '03:00', '2025-03-30T01:00:00.000Z'],
    ['the last minute that comes once', '2025-10-26', '01:59', '2025-10-25T23:59:00.000Z'],
    ['a time that comes twice', '2025-10-26', '02:30', '2025-10-26T00:30:00.000Z'],
    ['the next minute that comes once', '2025-10-26', '03:00', '2025-10-26T02:00:00.000Z'],
  ])('reads %s', (_what, date, time, expected) => {
    expect(berlin(date, time)).toBe(expected);
  });

  it.each([
    ['2025-03-09', '03:00', '2025-03-09T07:00:00.000Z'],
    ['2025-03-09', '02:30', '2025-03-09T07:30:00.000Z'],
    ['2025-11-02', '01:30', '2025-11-02T05:30:00.000Z'],
    ['2025-11-02', '02:00', '2025-11-02T07:00:00.000Z'],
  ])('reads %s %s west of Greenwich as well', (date, time, expected) => {
    expect(new Date(fromLocal({ date, time }, 'America/New_York') ?? Number.NaN).toISOString()).toBe(expected);
  });

  it('reads a time of a day that is left out', () => {
    expect(fromLocal({ date: '2011-12-30', time: '12:00' }, 'Pacific/Apia')).toBe(Date.parse('2011-12-30T22:00:00Z'));
  });

  it.each([
    ['2025-02-30', '12:00'],
    ['2025-02-29', '12:00'],
    ['2025-13-01', '12:00'],
    ['2025-1-1', '12:00'],
    ['20250101', '12:00'],
    ['', '12:00'],
    ['2025-01-01', ''],
    ['2025-01-01', '24:00'],
    ['2025-01-01', '12:60'],
    ['2025-01-01', '1200'],
    ['2025-01-01', '12:00+01:00'],
  ])('knows no %j %j', (date, time) => {
    expect(fromLocal({ date, time }, 'Europe/Berlin')).toBeUndefined();
  });
});
