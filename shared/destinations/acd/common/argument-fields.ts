import * as z from '../../../zod.ts';

/** A reference of our own on events and contacts; contacts take no longer one. */
export const MAX_USER_DATA = 64;

export const id = z.int().check(z.positive());

/** Text on one line that says something. jtel publishes no lengths for events, so theirs is a bound of our own. */
export function line(maxLength = 255) {
  return z.string().check(
    z.minLength(1),
    z.maxLength(maxLength),
    z.refine((value) => !/[\p{Cc}\p{Cs}]/u.test(value), 'Invalid text: expected no control characters'),
  );
}

/** Text of many lines. */
export const lines = z
  .string()
  .check(
    z.refine(
      (value) => !/[\p{Cc}\p{Cs}]/u.test(value.replace(/[\t\r\n]/g, '')),
      'Invalid text: expected no control characters but tabs and line breaks',
    ),
  );

/** Something that may be missing. `null` and empty text count as missing: lookups that found nothing give them. */
export function detail(text: z.ZodMiniType<string, string>) {
  return z.optional(
    z.pipe(
      z.nullable(z.string()),
      z.pipe(
        z.transform((value: string | null) => (value === null || value === '' ? undefined : value)),
        z.optional(text),
      ),
    ),
  );
}

/** Something by its name, or by its id. */
export const nameOrId = z.union([id, line()], 'Invalid input: expected a name on one line, or an id above zero');

/** Language of texts. */
export const language = z
  ._default(z.union([z.literal(1), z.literal(2)], 'Invalid language: expected 1 (English) or 2 (German)'), 1)
  .check(z.describe('1 is English, 2 is German.'));
