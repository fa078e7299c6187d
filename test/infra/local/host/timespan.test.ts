import { expect, it } from 'vitest';
import { parseTimespanMs } from '../../../../infra/local/host/timespan.ts';

it.each([
  ['00:05:00', 300_000],
  ['00:00:01.5', 1500],
  ['1.02:03:04', 93_784_000],
  ['01:30', 5_400_000],
  ['-00:00:01', -1000],
  ['24:00:00', 24 * 86_400_000],
  ['23:59:59', 86_399_000],
])('%s is %d ms', (text, ms) => {
  expect(parseTimespanMs(text)).toBe(ms);
});

it.each(['', '5', '00:61:00', '00:00:61', '1.25:00:00', '0 */5 * * * *', 'x'])('%s is no time span', (text) => {
  expect(parseTimespanMs(text)).toBeUndefined();
});
