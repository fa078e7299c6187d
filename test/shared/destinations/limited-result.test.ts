import { expect, it } from 'vitest';
import { limitedResult } from '../../../shared/destinations/limited-result.ts';
import { PermanentError } from '../../../shared/errors.ts';

it('lets a result through that fits, and says what to do with one that does not', () => {
  const fits = { list: 'x'.repeat(30_000 - 11) };
  expect(limitedResult(fits, 'ask for less')).toBe(fits);
  expect(() => limitedResult({ list: `${fits.list}x` }, 'ask for less')).toThrow(new PermanentError('ask for less'));
});
