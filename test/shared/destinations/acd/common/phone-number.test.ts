import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isE164, toWireNumber } from '../../../../../shared/destinations/acd/common/phone-number.ts';

const separators = fc.constantFrom('', ' ', '-', '/', '.', '(', ') ');

const digits = fc.stringMatching(/^[1-9]\d{6,14}$/);

/** A number as people write it, with the digits that it has. */
const written = fc
  .tuple(digits, fc.array(separators, { minLength: 15, maxLength: 15 }))
  .map(([number, between]) => ({ number, text: [...number].map((digit, at) => digit + between[at]).join('') }))
  .filter(({ text }) => !text.includes('(0)'));

describe('a number in E.164', () => {
  it('goes out with or without plus, as the installation wants it, however it is written', () => {
    fc.assert(
      fc.property(written, ({ number, text }) => {
        expect(toWireNumber(`+${text}`, 'digits', true)).toBe(number);
        expect(toWireNumber(`+${text}`, 'plus', true)).toBe(`+${number}`);
        expect(toWireNumber(`+${text}`, 'digits', false)).toBe(number);
        expect(toWireNumber(text, 'plus', true)).toBe(`+${number}`);
        expect(toWireNumber(text, 'plus', false)).toBe(text);
        expect(isE164(text) && isE164(`+${text}`)).toBe(true);
      }),
      { numRuns: 200 },
    );
  });

  it.each(['030 23125', '+44 (0)20 7946 0001', 'anna.berg+crm@example.com', '+1234567890123456', 'anonymous', '12345'])(
    'is not what "%s" is, which stays as it is',
    (text) => {
      expect([toWireNumber(text, 'digits', true), toWireNumber(text, 'plus', true)]).toEqual([text, text]);
      expect(isE164(text)).toBe(false);
    },
  );
});
