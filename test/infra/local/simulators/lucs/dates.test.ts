import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  formatLucsDate,
  formatSystemTime,
  readDateTime,
  readDueDate,
} from '../../../../../infra/local/simulators/lucs/dates.ts';

const instants = fc.date({ min: new Date('2000-01-01'), max: new Date('2099-12-31'), noInvalidDate: true });

describe('formatLucsDate', () => {
  it('writes day before month, seven digits and Z', () => {
    expect(formatLucsDate(Date.parse('2025-03-05T14:07:00.123Z'))).toBe('05.03.2025 14:07:00.1230000Z');
  });

  it('keeps the instant', () => {
    fc.assert(
      fc.property(instants, (instant) => {
        const match = /^(\d\d)\.(\d\d)\.(\d{4}) (\S+)0000Z$/.exec(formatLucsDate(instant.getTime()));
        expect(`${match?.[3]}-${match?.[2]}-${match?.[1]}T${match?.[4]}Z`).toBe(instant.toISOString());
      }),
    );
  });
});

describe('readDueDate', () => {
  it('reads what LUCS itself would write, without fraction and zone', () => {
    fc.assert(
      fc.property(instants, (instant) => {
        const seconds = Math.floor(instant.getTime() / 1_000) * 1_000;
        expect(readDueDate(formatLucsDate(seconds).replace('.0000000Z', ''))).toBe(seconds);
      }),
    );
  });

  it.each([
    '2025-03-05T15:00:00Z',
    '05.03.2025',
    '5.3.2025 15:00:00',
    '30.02.2025 15:00:00',
    '12.13.2025 15:00:00',
    '05.03.2025 24:00:00',
    '05.03.2025 15:60:00',
    '05.03.2025 15:00:00Z',
    ' 05.03.2025 15:00:00',
    '',
  ])('does not read %j', (text) => expect(readDueDate(text)).toBeUndefined());
});

describe('readDateTime', () => {
  it.each([
    ['2025-03-05T15:00:00Z', '2025-03-05T15:00:00.000Z'],
    ['2025-03-05T15:00:00', '2025-03-05T15:00:00.000Z'],
    ['2025-03-05T15:00:00.1239999Z', '2025-03-05T15:00:00.123Z'],
    ['2025-03-05T15:00:00+02:00', '2025-03-05T13:00:00.000Z'],
  ])('%s is %s', (text, instant) => expect(readDateTime(text)).toBe(Date.parse(instant)));

  it.each(['2025-02-30T15:00:00Z', '2025-03-05', '05.03.2025 15:00:00', '2025-03-05T15:00:00+99:00', ''])(
    'does not read %j',
    (text) => expect(readDateTime(text)).toBeUndefined(),
  );
});

describe('formatSystemTime', () => {
  it.each([
    ['2019-06-27T14:11:59Z', '6/27/2019 2:11 PM'],
    ['2019-06-27T00:05:00Z', '6/27/2019 12:05 AM'],
    ['2019-12-01T12:00:00Z', '12/1/2019 12:00 PM'],
  ])('%s is %s', (instant, expected) => expect(formatSystemTime(Date.parse(instant))).toBe(expected));
});
