import fc from 'fast-check';
import { expect, test } from 'vitest';
import { jsonBytesAtMost } from '../../../../shared/events/rte/json-size.ts';

test.each([
  ['nothing', {}],
  ['control characters', { ['\u0001'.repeat(50)]: '\u0002'.repeat(50) }],
  ['characters of three bytes', ['\u20ac'.repeat(50)]],
  ['halves of surrogate pairs', '\ud800'.repeat(50)],
  ['the longest numbers', [-1.2345678901234567e-308, -1.7976931348623157e308, 123456789012345680000]],
  ['literals', [true, false, null, [false, [null, []], {}]]],
])('%s: the JSON takes no more', (_what, value) => {
  expect(Buffer.byteLength(JSON.stringify(value))).toBeLessThanOrEqual(jsonBytesAtMost(value));
});

test('no JSON takes more', () => {
  fc.assert(
    fc.property(fc.jsonValue({ stringUnit: 'binary' }), (value) => {
      expect(Buffer.byteLength(JSON.stringify(value))).toBeLessThanOrEqual(jsonBytesAtMost(value));
    }),
  );
});

test('it is no more than some times the size for usual data', () => {
  const data = {
    callId: 'f100d000-0000-4000-8000-000000000001',
    callEvent: 'QueueCallInArrived',
    duration: 17,
    active: true,
  };
  expect(jsonBytesAtMost(data)).toBeLessThan(8 * JSON.stringify(data).length);
});
