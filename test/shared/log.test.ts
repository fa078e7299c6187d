import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatLogLine } from '../../shared/log.ts';

describe('formatLogLine', () => {
  it.each([
    ['delivered', undefined, 'delivered'],
    ['delivered', {}, 'delivered'],
    ['delivered', { route: 'missed-call', ms: 12, again: false }, 'delivered route=missed-call ms=12 again=false'],
    ['delivered', { route: undefined, ms: 0 }, 'delivered ms=0'],
    ['refused', { reason: 'no such host' }, 'refused reason="no such host"'],
    ['refused', { reason: '' }, 'refused reason=""'],
    ['refused', { reason: 'a=b' }, 'refused reason="a=b"'],
    ['refused', { reason: 'two\nlines' }, 'refused reason="two\\nlines"'],
    ['refused', { reason: '\u001b[2K' }, 'refused reason="\\u001b[2K"'],
  ])('writes %j with %j', (message, fields, line) => {
    expect(formatLogLine(message, fields)).toBe(line);
  });

  it('writes one line from which every field can be read back', () => {
    const name = fc.stringMatching(/^[a-zA-Z]{1,12}$/);
    const value = fc.oneof(fc.string({ unit: 'binary' }), fc.string(), fc.double(), fc.integer(), fc.boolean());
    fc.assert(
      fc.property(fc.dictionary(name, value, { noNullPrototype: true }), (fields) => {
        const line = formatLogLine('what happened', fields);
        // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what a line must not hold.
        expect(line).not.toMatch(/[\u0000-\u001f]/);
        expect(readBack(line)).toEqual(
          Object.fromEntries(Object.entries(fields).map(([key, any]) => [key, String(any)])),
        );
      }),
      { numRuns: 500 },
    );
  });
});

/** The fields after the message `what happened`, read as a log query would. */
function readBack(line: string): Record<string, string> {
  const pattern = / ([a-zA-Z]+)=("(?:[^"\\]|\\.)*"|[^\s"=]+)/y;
  pattern.lastIndex = 'what happened'.length;
  const fields: [string, string][] = [];
  while (pattern.lastIndex < line.length) {
    const start = pattern.lastIndex;
    const [, key = '', value = ''] = pattern.exec(line) ?? [];
    if (key === '') throw new Error(`no field at ${start} of ${line}`);
    fields.push([key, value.startsWith('"') ? String(JSON.parse(value)) : value]);
  }
  return Object.fromEntries(fields);
}
