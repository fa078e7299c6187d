import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatLucsDate, formatSystemTime } from '../../../../../infra/local/simulators/lucs/dates.ts';

describe('formatLucsDate', () => {
  it('writes day before month, seven digits and Z', () => {
    expect(formatLucsDate(Date.parse('2025-03-05T14:07:00.123Z'))).toBe('05.03.2025 14:07:00.1230000Z');
  });

  it('keeps the instant', () => {
    const instants = fc.date({ min: new Date('2000-01-01'), max: new Date('2099-12-31'), noInvalidDate: true });
    fc.assert(
      fc.property(instants, (instant) => {
        const match = /^(\d\d)\.(\d\d)\.(\d{4}) (\S+)0000Z$/.exec(formatLucsDate(instant.getTime()));
        expect(`${match?.[3]}-${match?.[2]}-${match?.[1]}T${match?.[4]}Z`).toBe(instant.toISOString());
      }),
    );
  });
});

describe('formatSystemTime', () => {
  it.each([
    ['2019-06-27T14:11:59Z', '6/27/2019 2:11 PM'],
    ['2019-06-27T00:05:00Z', '6/27/2019 12:05 AM'],
    ['2019-12-01T12:00:00Z', '12/1/2019 12:00 PM'],
  ])('%s is %s', (instant, expected) => expect(formatSystemTime(Date.parse(instant))).toBe(expected));
});
