import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readLucsDate, writeLucsDate } from '../../../../shared/destinations/lucs/dates.ts';

const two = (value: number) => String(value).padStart(2, '0');
const instant = fc.date({
  min: new Date('0001-01-01T00:00:00Z'),
  max: new Date('9999-12-31T23:59:59Z'),
  noInvalidDate: true,
});

describe('a date of LUCS', () => {
  it.each([
    ['27.06.2019 11:58:35.4996911Z', '2019-06-27T11:58:35.499Z'],
    ['24.06.2019 13:00:56.2732376Z', '2019-06-24T13:00:56.273Z'],
    ['2019-06-14T08:12:51.366Z', '2019-06-14T08:12:51.366Z'],
    ['05.03.2025 14:07:00', '2025-03-05T14:07:00.000Z'],
    ['05.03.2025 14:07:00.5', '2025-03-05T14:07:00.500Z'],
    ['2025-03-05T14:07:00', '2025-03-05T14:07:00.000Z'],
    ['2025-03-05T14:07:00.1234567', '2025-03-05T14:07:00.123Z'],
    ['2025-03-05T14:07:00+01:00', '2025-03-05T13:07:00.000Z'],
    ['29.02.2024 00:00:00Z', '2024-02-29T00:00:00.000Z'],
    ['01.01.0001 00:00:00', '0001-01-01T00:00:00.000Z'],
  ])('%s is %s', (text, utc) => expect(readLucsDate(text)).toBe(utc));

  it.each([
    '',
    'soon',
    '29.02.2025 12:00:00',
    '31.04.2025 12:00:00',
    '32.01.2025 12:00:00',
    '01.13.2025 12:00:00',
    '00.01.2025 12:00:00',
    '01.01.2025 24:00:00',
    '01.01.2025 23:60:00',
    '01.01.2025 23:00:60',
    '01.01.2025',
    '1.1.2025 12:00:00',
    '01.01.2025 12:00:00.12345678',
    '01.01.2025 12:00:00 AM',
    '6/27/2019 2:11 PM',
    '2025-02-29T12:00:00Z',
  ])('is not %j', (text) => expect(readLucsDate(text)).toBeUndefined());

  it('is read in both spellings, to the millisecond, wherever this runs', () => {
    fc.assert(
      fc.property(
        instant,
        fc.integer({ min: 0, max: 7 }),
        fc.stringMatching(/^\d{4}$/),
        fc.boolean(),
        (date, digits, rest, hasZ) => {
          const iso = date.toISOString();
          const fraction = `${iso.slice(20, 23)}${rest}`.slice(0, digits);
          const time = `${iso.slice(11, 19)}${digits === 0 ? '' : `.${fraction}`}${hasZ ? 'Z' : ''}`;
          const expected = `${iso.slice(0, 19)}.${fraction.slice(0, 3).padEnd(3, '0')}Z`;
          const dotted = `${two(date.getUTCDate())}.${two(date.getUTCMonth() + 1)}.${iso.slice(0, 4)}`;
          expect(readLucsDate(`${dotted} ${time}`)).toBe(expected);
          expect(readLucsDate(`${iso.slice(0, 10)}T${time}`)).toBe(expected);
        },
      ),
    );
  });

  it('is written so that it reads the same, to the second', () => {
    expect(writeLucsDate('2025-03-05T14:07:00.999Z')).toBe('05.03.2025 14:07:00');
    fc.assert(
      fc.property(instant, (date) => {
        const iso = date.toISOString();
        expect(readLucsDate(writeLucsDate(iso))).toBe(`${iso.slice(0, 19)}.000Z`);
      }),
    );
  });

  it('has a day that its month has', () => {
    const number = (max: number) => fc.integer({ min: 0, max });
    fc.assert(
      fc.property(number(40), number(15), fc.integer({ min: 1900, max: 2100 }), (day, month, year) => {
        const exists = month >= 1 && month <= 12 && day >= 1 && day <= new Date(Date.UTC(year, month, 0)).getUTCDate();
        const dotted = readLucsDate(`${two(day)}.${two(month)}.${year} 12:00:00`);
        expect(dotted).toBe(exists ? `${year}-${two(month)}-${two(day)}T12:00:00.000Z` : undefined);
        expect(readLucsDate(`${year}-${two(month)}-${two(day)}T12:00:00`)).toBe(dotted);
      }),
    );
  });
});
