import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readTimestamp } from '../../../../../shared/destinations/acd/common/timestamp.ts';
import { toLocal } from '../../../../../shared/zoned-time.ts';

const iso = (raw: string, timeZone = 'Europe/Berlin') => {
  const ms = readTimestamp(raw, timeZone);
  return ms === undefined ? undefined : new Date(ms).toISOString();
};

describe('a timestamp of jtel', () => {
  it.each([
    ['2020-08-09T02:33:50.347', '2020-08-09T00:33:50.347Z'],
    ['2020-01-09T02:33:50.347', '2020-01-09T01:33:50.347Z'],
    ['2022-06-17T15:19:12.484+02:00', '2022-06-17T13:19:12.484Z'],
    ['2022-01-04T13:31:37.477546Z', '2022-01-04T13:31:37.477Z'],
    ['2024-03-11T09:02', '2024-03-11T08:02:00.000Z'],
    ['2024-03-11 09:02:11', '2024-03-11T08:02:11.000Z'],
    ['2024-03-11T09:02:11.5', '2024-03-11T08:02:11.500Z'],
    [' 2024-03-11T09:02:11.123456 ', '2024-03-11T08:02:11.123Z'],
    ['2024-03-31T02:30:00', '2024-03-31T01:30:00.000Z'],
  ])('%s is %s', (raw, expected) => expect(iso(raw)).toBe(expected));

  it.each([
    '',
    'soon',
    '2024-03-11',
    '11.03.2024 09:02',
    '2024-02-30T10:00:00',
    '2024-03-11T25:00:00',
    '2024-13-01T00:00',
    '2024-03-11T09:02:61',
  ])('"%s" is none', (raw) => expect(iso(raw)).toBeUndefined());

  const moment = fc
    .date({ min: new Date('1970-01-01T00:00:00Z'), max: new Date('2100-01-01T00:00:00Z'), noInvalidDate: true })
    .map((date) => date.getTime());

  it('means the same in all three forms', () => {
    fc.assert(
      fc.property(moment, fc.integer({ min: -14 * 60, max: 14 * 60 }), fc.nat(999), (ms, offsetMinutes, micros) => {
        const local = new Date(ms + offsetMinutes * 60_000).toISOString().slice(0, -1);
        const two = (value: number) => String(Math.floor(Math.abs(value))).padStart(2, '0');
        const offset = `${offsetMinutes < 0 ? '-' : '+'}${two(offsetMinutes / 60)}:${two(Math.abs(offsetMinutes) % 60)}`;
        expect(readTimestamp(local + offset, 'Europe/Berlin')).toBe(ms);
        const utc = new Date(ms).toISOString().slice(0, -1);
        expect(readTimestamp(`${utc}${String(micros).padStart(3, '0')}Z`, 'Europe/Berlin')).toBe(ms);
        expect(readTimestamp(utc, 'UTC')).toBe(ms);
      }),
      { numRuns: 200 },
    );
  });

  it('without a zone is what the clock of the installation shows', () => {
    fc.assert(
      fc.property(
        moment,
        fc.constantFrom('Europe/Berlin', 'America/St_Johns', 'Australia/Lord_Howe'),
        (ms, timeZone) => {
          const { date, time } = toLocal(ms, timeZone);
          const read = readTimestamp(`${date}T${time}`, timeZone) ?? Number.NaN;
          expect(toLocal(read, timeZone)).toEqual({ date, time });
        },
      ),
      { numRuns: 200 },
    );
  });

  it('may be any text, without a fault', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,7})?)?(Z|[+-]\d\d:\d\d)?$/)),
        (raw) => {
          const ms = readTimestamp(raw, 'Europe/Berlin');
          expect(ms === undefined || Number.isSafeInteger(ms)).toBe(true);
        },
      ),
      { numRuns: 500 },
    );
  });
});
