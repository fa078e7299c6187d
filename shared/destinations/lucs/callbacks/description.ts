import type { LucsConfig } from '../../../config.ts';
import { PermanentError } from '../../../errors.ts';
import { MAX_DESCRIPTION_LENGTH } from './schemas.ts';

/**
 * A description as LUCS takes it: what it does with a longer one is not documented. The limit counts UTF-16 code units, as
 * .NET does; a text that keeps to it keeps to it in characters too.
 *
 * @throws PermanentError when it is too long and `rule` is `refuse`
 */
export function fitDescription(
  description: string | undefined,
  rule: LucsConfig['longDescription'],
): { readonly text: string | undefined; readonly isCut: boolean } {
  if (description === undefined || description.length <= MAX_DESCRIPTION_LENGTH) {
    return { text: description, isCut: false };
  }
  if (rule === 'refuse') {
    throw new PermanentError(
      `description: Too big: expected at most ${MAX_DESCRIPTION_LENGTH} characters, as LUCS_LONG_DESCRIPTION is "refuse"`,
    );
  }
  // Without the first half of a character that would be cut in two.
  return { text: description.slice(0, MAX_DESCRIPTION_LENGTH).replace(/[\uD800-\uDBFF]$/, ''), isCut: true };
}
