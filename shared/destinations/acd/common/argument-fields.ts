import * as z from '../../../zod.ts';

/** A reference of our own on events and contacts; contacts take no longer one. */
export const MAX_USER_DATA = 64;

export const id = z.int({ abort: true }).check(z.positive({ abort: true }));

/** Text on one line that says something. jtel publishes no lengths for events, so theirs is a bound of our own. */
export function line(maxLength = 255) {
  return z.string().check(
    z.minLength(1, { abort: true }),
    z.maxLength(maxLength, { abort: true }),
    z.refine((value) => !/[\p{Cc}\p{Cs}]/u.test(value), {
      error: 'Invalid text: expected no control characters',
      abort: true,
    }),
  );
}

/** What RFC 3986 lets stand in an address, and letters of other scripts, which browsers encode by themselves. */
const WEB_ADDRESS = /^https?:\/\/(?:[^\s\p{Cc}\p{Cs}<>"{}|\\^`%]|%[0-9a-f]{2})+$/iu;

/** The address of a web page. */
export const webAddress = line(2_048).check(
  z.refine(
    (value) => WEB_ADDRESS.test(value) && URL.canParse(value),
    'Invalid URL: expected http or https, with special characters percent-encoded',
  ),
);

/** Text of many lines. */
export const lines = z.string().check(
  z.refine((value) => !/[\p{Cc}\p{Cs}]/u.test(value.replace(/[\t\r\n]/g, '')), {
    error: 'Invalid text: expected no control characters but tabs and line breaks',
    abort: true,
  }),
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
