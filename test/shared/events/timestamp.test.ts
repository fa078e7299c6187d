import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toUtcTimestamp } from '../../../shared/events/timestamp.ts';

const RFC_3339_UTC = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** Far enough from both ends of the calendar for every offset. */
const moment = fc
  .date({ min: new Date('0001-01-02T00:00:00Z'), max: new Date('9999-12-30T00:00:00Z'), noInvalidDate: true })
  .map((date) => date.getTime());

describe('toUtcTimestamp', () => {
  it('reads any offset, separator and casing as the same moment', () => {
    const offsetMinutes = fc.integer({ min: -14 * 60, max: 14 * 60 });
    const style = fc.record({
      separator: fc.constantFrom('T', 't', ' '),
      colon: fc.constantFrom(':', ''),
      gap: fc.constantFrom('', ' '),
      around: fc.constantFrom('', ' ', '\t'),
    });
    fc.assert(
      fc.property(moment, offsetMinutes, style, (ms, offset, { separator, colon, gap, around }) => {
        const local = new Date(ms + offset * 60_000).toISOString().slice(0, -1).replace('T', separator);
        const zone = `${offset < 0 ? '-' : '+'}${two(Math.abs(offset) / 60)}${colon}${two(Math.abs(offset) % 60)}`;
        expect(toUtcTimestamp(around + local + gap + zone + around)).toBe(new Date(ms).toISOString());
      }),
    );
  });

  it('reads a time without zone as UTC, with Z as well', () => {
    fc.assert(
      fc.property(moment, fc.constantFrom('', 'Z', 'z'), (ms, zone) => {
        const iso = new Date(ms).toISOString();
        expect(toUtcTimestamp(iso.slice(0, -1) + zone)).toBe(iso);
      }),
    );
  });

  it('reads a time without zone as one of the zone that is given, and others as what they are', () => {
    expect(toUtcTimestamp('2026-07-11T09:44:12', 'Europe/Berlin')).toBe('2026-07-11T07:44:12.000Z');
    expect(toUtcTimestamp('2026-01-11 09:44', 'Europe/Berlin')).toBe('2026-01-11T08:44:00.000Z');
    expect(toUtcTimestamp('2026-07-11T09:44:12.3479Z', 'Europe/Berlin')).toBe('2026-07-11T09:44:12.347Z');
    expect(toUtcTimestamp('2026-07-11T09:44:12-0330', 'Europe/Berlin')).toBe('2026-07-11T13:14:12.000Z');
    expect(toUtcTimestamp('2026-02-30T09:44:12', 'Europe/Berlin')).toBeUndefined();
    expect(toUtcTimestamp('0000-01-01T00:10:00', 'Europe/Berlin')).toBeUndefined();
  });

  it('reads any number of fractional digits and keeps three', () => {
    fc.assert(
      fc.property(moment, fc.stringMatching(/^\d{1,12}$/), (ms, digits) => {
        const seconds = new Date(ms).toISOString().slice(0, 19);
        expect(toUtcTimestamp(`${seconds}.${digits}Z`)).toBe(`${seconds}.${`${digits}00`.slice(0, 3)}Z`);
      }),
    );
  });

  it('gives RFC 3339 in UTC or nothing, whatever it is given', () => {
    const almost = fc.stringMatching(
      /^\d{4}-[01]\d-[0-3]\d[T ][0-2]\d:[0-6]\d(:[0-6]\d)?(\.\d{0,9})?(Z|[+-]\d\d:?\d\d)?$/,
    );
    fc.assert(
      fc.property(fc.oneof(almost, fc.string()), (value) => {
        const result = toUtcTimestamp(value);
        if (result !== undefined) expect(result).toMatch(RFC_3339_UTC);
      }),
      { numRuns: 1_000 },
    );
  });

  it.each([
    ['2026-02-14T06:12:37.4821093Z', '2026-02-14T06:12:37.482Z'],
    ['2026-02-15 11:05:00+01:00', '2026-02-15T10:05:00.000Z'],
    ['2026-02-15T11:05', '2026-02-15T11:05:00.000Z'],
    ['2026-02-15T11:05-0330', '2026-02-15T14:35:00.000Z'],
    ['2024-02-29T23:59:59Z', '2024-02-29T23:59:59.000Z'],
    ['2026-01-01T00:30:00+01:00', '2025-12-31T23:30:00.000Z'],
  ])('reads %s', (value, expected) => {
    expect(toUtcTimestamp(value)).toBe(expected);
  });

  it.each([
    [undefined],
    [''],
    ['yesterday'],
    ['1770782478'],
    ['11.02.2026 07:41'],
    ['2026-02-11'],
    ['2026-13-01T00:00:00Z'],
    ['2026-02-30T00:00:00Z'],
    ['2025-02-29T00:00:00Z'],
    ['2026-02-11T25:00:00Z'],
    ['2026-02-11T07:61:00Z'],
    ['2026-02-11T07:41:18+99:00'],
    ['2026-02-11T07:41:18Z, about'],
    ['0000-01-01T00:00:00+01:00'],
    ['9999-12-31T23:59:59-05:00'],
  ])('does not guess at %j', (value) => {
    expect(toUtcTimestamp(value)).toBeUndefined();
  });
});

function two(value: number): string {
  return String(Math.floor(value)).padStart(2, '0');
}
