import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { dateTime } from '../../../../shared/events/rte/field-types.ts';

it.each([
  ['2025-03-05T14:07:00', '2025-03-05T14:07:00Z'],
  ['2025-03-05T14:07:00Z', '2025-03-05T14:07:00Z'],
  ['2025-03-05T14:07:00.1234567', '2025-03-05T14:07:00.1234567Z'],
  ['2025-03-05T14:07:00.1234567Z', '2025-03-05T14:07:00.1234567Z'],
  ['9999-12-31T23:59:59.9999999', '9999-12-31T23:59:59.9999999Z'],
  ['0001-01-01T00:00:00', '0001-01-01T00:00:00Z'],
  ['2025-03-05T16:07:00.1234567+02:00', '2025-03-05T14:07:00.123Z'],
  ['2025-03-05 14:07:00', '2025-03-05T14:07:00.000Z'],
  ['2025-03-05t14:07:00z', '2025-03-05T14:07:00.000Z'],
  ['2025-03-05T24:00:00', '2025-03-06T00:00:00.000Z'],
  ['2025-02-30T00:00:00', undefined],
  ['2025-03-05T14:60:00', undefined],
  ['2025-03-05', undefined],
  ['soon', undefined],
])('reads the time %s as %s', (text, expected) => {
  expect(dateTime.safeParse(text).data).toBe(expected);
});

it('keeps the instant of any time', () => {
  const anyTime = fc.date({ min: new Date('0001-01-02'), max: new Date('9999-12-30'), noInvalidDate: true });
  fc.assert(
    fc.property(anyTime, fc.constantFrom('', 'Z', '4567', '4567Z', '+00:00'), (time, end) => {
      const read = dateTime.parse(`${time.toISOString().slice(0, -1)}${end}`) ?? '';

      expect(Math.trunc(Date.parse(read))).toBe(time.getTime());
      expect(dateTime.parse(read)).toBe(read);
    }),
  );
});
