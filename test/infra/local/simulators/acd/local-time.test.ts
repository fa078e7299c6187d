import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  appointmentOf,
  formatLocalTimestamp,
  formatUtcTimestamp,
  formatZonedTimestamp,
  readDate,
  readTime,
} from '../../../../../infra/local/simulators/acd/local-time.ts';

describe('formatLocalTimestamp', () => {
  it.each([
    ['2024-03-11T08:15:02.118Z', 'Europe/Berlin', '2024-03-11T09:15:02.118'],
    ['2024-07-11T22:15:02.007Z', 'Europe/Berlin', '2024-07-12T00:15:02.007'],
    ['2024-01-01T00:00:00.000Z', 'UTC', '2024-01-01T00:00:00.000'],
  ])('%s in %s is %s', (instant, zone, expected) => {
    expect(formatLocalTimestamp(Date.parse(instant), zone)).toBe(expected);
  });
});

describe('formatZonedTimestamp', () => {
  it.each([
    ['2022-06-17T13:19:12.484Z', 'Europe/Berlin', '2022-06-17T15:19:12.484+02:00'],
    ['2022-01-17T13:19:12.484Z', 'America/New_York', '2022-01-17T08:19:12.484-05:00'],
    ['2022-01-17T13:19:12.484Z', 'Asia/Kolkata', '2022-01-17T18:49:12.484+05:30'],
    ['2022-01-17T13:19:12.484Z', 'UTC', '2022-01-17T13:19:12.484+00:00'],
  ])('%s in %s is %s', (instant, zone, expected) => {
    expect(formatZonedTimestamp(Date.parse(instant), zone)).toBe(expected);
  });
});

it('formatUtcTimestamp writes microseconds', () => {
  expect(formatUtcTimestamp(Date.parse('2022-01-04T13:31:37.477Z'))).toBe('2022-01-04T13:31:37.477000Z');
});

describe('readDate', () => {
  it.each([
    ['2024-02-29', '2024-02-29'],
    ['20240229', '2024-02-29'],
    ['2023-02-29', undefined],
    ['2024-13-01', undefined],
    ['24-01-01', undefined],
    ['2024-0101', undefined],
    ['01.02.2024', undefined],
  ])('%s: %s', (text, expected) => expect(readDate(text)).toBe(expected));

  it('reads every day in both spellings', () => {
    const days = fc.date({ min: new Date('1970-01-01'), max: new Date('2099-12-31'), noInvalidDate: true });
    fc.assert(
      fc.property(days, (day) => {
        const text = day.toISOString().slice(0, 10);
        expect([readDate(text), readDate(text.replaceAll('-', ''))]).toEqual([text, text]);
      }),
    );
  });
});

describe('readTime', () => {
  it.each([
    ['09:05', '09:05'],
    ['0905', '09:05'],
    ['23:59', '23:59'],
    ['24:00', undefined],
    ['9:05', undefined],
    ['09:60', undefined],
    ['09:05:00', undefined],
  ])('%s: %s', (text, expected) => expect(readTime(text)).toBe(expected));
});

describe('appointmentOf', () => {
  it.each<[string | null, string | null, string | null]>([
    [null, null, null],
    ['2024-03-12', null, '2024-03-12T00:00:00.000'],
    ['2024-03-12', '14:30', '2024-03-12T14:30:00.000'],
    ['2020-01-01', '14:30', '2020-01-01T14:30:00.000'],
    [null, '10:00', '2025-01-01T10:00:00.000'],
    [null, '18:00', '2024-12-31T18:00:00.000'],
    [null, '15:30', '2024-12-31T15:30:00.000'],
  ])('%s at %s, on 31 December at 15:30, is %s', (date, time, expected) => {
    expect(appointmentOf(date, time, '2024-12-31T15:30:20.000')).toBe(expected);
  });
});
