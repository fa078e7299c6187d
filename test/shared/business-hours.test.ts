import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type BusinessHours, openMsBetween, parseBusinessHours } from '../../shared/business-hours.ts';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

function hours(text: string): BusinessHours {
  const parsed = parseBusinessHours(text);
  if (parsed === undefined) throw new Error(`not business hours: ${text}`);
  return parsed;
}

const openHours = (text: string, from: string, to: string) =>
  openMsBetween(hours(text), Date.parse(from), Date.parse(to)) / HOUR_MS;

describe('parseBusinessHours', () => {
  it.each([
    ['Mon-Fri 08:00-18:00 Europe/Berlin', [0, 1, 2, 3, 4], 480, 1_080, 'Europe/Berlin'],
    [' sat-sun 00:00-24:00 UTC ', [5, 6], 0, 1_440, 'UTC'],
    ['Sun-Tue 09:30-09:31 Asia/Kathmandu', [6, 0, 1], 570, 571, 'Asia/Kathmandu'],
    ['Wed-Wed 08:00-12:00 UTC', [2], 480, 720, 'UTC'],
  ])('reads %j', (text, days, fromMinute, toMinute, timeZone) => {
    expect(parseBusinessHours(text)).toEqual({ days: new Set(days), fromMinute, toMinute, timeZone });
  });

  it.each([
    '',
    'Mon-Fri 08:00-18:00',
    'Mon-Fri 8:00-18:00 UTC',
    'Mo-Fr 08:00-18:00 UTC',
    'Mon-Day 08:00-18:00 UTC',
    'Mon-Fri 18:00-08:00 UTC',
    'Mon-Fri 08:00-08:00 UTC',
    'Mon-Fri 08:60-18:00 UTC',
    'Mon-Fri 08:00-24:01 UTC',
    'Mon-Fri 08:00-18:00 Mars/Olympus',
  ])('takes no %j', (text) => {
    expect(parseBusinessHours(text)).toBeUndefined();
  });
});

describe('openMsBetween', () => {
  const berlin = 'Mon-Fri 08:00-18:00 Europe/Berlin';

  it.each([
    ['a night', '2025-03-04T16:00:00Z', '2025-03-05T08:00:00Z', 2],
    ['a weekend', '2025-03-07T16:00:00Z', '2025-03-10T08:00:00Z', 2],
    ['a lunch break', '2025-03-04T11:00:00Z', '2025-03-04T11:30:00Z', 0.5],
    ['a Sunday', '2025-03-09T00:00:00Z', '2025-03-09T20:00:00Z', 0],
    ['a week', '2025-03-03T00:00:00Z', '2025-03-10T00:00:00Z', 50],
    ['a week in which summer time begins', '2025-03-28T12:00:00Z', '2025-04-04T12:00:00Z', 51],
    ['a year, whose clocks change twice', '2025-01-01T00:00:00Z', '2026-01-01T00:00:00Z', 2_610],
    ['time that runs backwards', '2025-03-05T12:00:00Z', '2025-03-04T12:00:00Z', 0],
  ])('counts only business hours of %s', (_what, from, to, expected) => {
    expect(openHours(berlin, from, to)).toBe(expected);
  });

  it('counts an hour that summer time takes away not at all, and the one it gives back twice', () => {
    const allDay = 'Sun-Sun 00:00-24:00 Europe/Berlin';
    expect(openHours(allDay, '2025-03-29T12:00:00Z', '2025-03-31T12:00:00Z')).toBe(23);
    expect(openHours(allDay, '2025-10-25T12:00:00Z', '2025-10-27T12:00:00Z')).toBe(25);
    const atNight = 'Sun-Sun 02:00-03:00 Europe/Berlin';
    expect(openHours(atNight, '2025-03-29T12:00:00Z', '2025-03-31T12:00:00Z')).toBe(0);
    expect(openHours(atNight, '2025-10-25T12:00:00Z', '2025-10-27T12:00:00Z')).toBe(2);
  });

  const zone = fc.constantFrom('UTC', 'Europe/Berlin', 'America/St_Johns', 'Australia/Lord_Howe', 'Pacific/Apia');
  const businessHours = fc
    .record({
      days: fc.subarray([0, 1, 2, 3, 4, 5, 6]).map((days) => new Set(days)),
      minutes: fc.uniqueArray(fc.integer({ min: 0, max: 1_440 }), { minLength: 2, maxLength: 2 }),
      timeZone: zone,
    })
    .map(({ days, minutes, timeZone }) => {
      const [fromMinute = 0, toMinute = 0] = minutes.toSorted((a, b) => a - b);
      return { days, fromMinute, toMinute, timeZone };
    });
  /** Days around which the clocks of those zones change (Apia skipped 30 December 2011), and any other. */
  const moment = fc
    .tuple(
      fc.oneof(
        fc.constantFrom('2025-03-09', '2025-03-30', '2025-04-05', '2025-10-05', '2025-10-26', '2011-12-30'),
        fc.constantFrom('1969-12-20', '2024-02-29', '2025-06-11'),
      ),
      fc.integer({ min: -2_000, max: 2_000 }),
    )
    .map(([day, minutes]) => Date.parse(day) + minutes * MINUTE_MS);

  it('counts the minutes at which the wall clock shows business hours', () => {
    fc.assert(
      fc.property(businessHours, moment, fc.integer({ min: 0, max: 2_000 }), (when, fromMs, minutes) => {
        expect(openMsBetween(when, fromMs, fromMs + minutes * MINUTE_MS)).toBe(
          countMinutes(when, fromMs, minutes) * MINUTE_MS,
        );
      }),
      { numRuns: 60 },
    );
  });

  it('adds up over any moment in between, to the millisecond', () => {
    const span = fc.integer({ min: 0, max: 40 * 24 * HOUR_MS });
    fc.assert(
      fc.property(businessHours, moment, span, span, (when, fromMs, firstMs, secondMs) => {
        const [middleMs, toMs] = [fromMs + firstMs, fromMs + firstMs + secondMs];
        const whole = openMsBetween(when, fromMs, toMs);
        expect(openMsBetween(when, fromMs, middleMs) + openMsBetween(when, middleMs, toMs)).toBe(whole);
        expect(whole).toBeLessThanOrEqual(toMs - fromMs);
      }),
      { numRuns: 100 },
    );
  });
});

/** The same by looking at a clock every minute. */
function countMinutes(
  { days, fromMinute, toMinute, timeZone }: BusinessHours,
  fromMs: number,
  minutes: number,
): number {
  const names = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
  const clock = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  let open = 0;
  for (let minute = 0; minute < minutes; minute += 1) {
    const [, day = '', hour, min] = /^(\w+),? (\d+):(\d+)$/.exec(clock.format(fromMs + minute * MINUTE_MS)) ?? [];
    const minuteOfDay = Number(hour) * 60 + Number(min);
    if (days.has(names.indexOf(day)) && minuteOfDay >= fromMinute && minuteOfDay < toMinute) open += 1;
  }
  return open;
}
