import * as z from '../../../zod.ts';

/** Text that must say something. */
export const filled = z.string().check(z.minLength(1));

/** E-mail-like name of a user or service in Entra ID. */
const UPN = /^[^\s@:/]+@[^\s@:/]+$/;

/** A phone number as E.164, at most fifteen digits. */
const E164 = /^\+[1-9]\d{6,14}$/;

/** A service that Nimbus knows by its UPN. */
export const serviceUpn = filled.check(z.describe('UPN of the Nimbus service.'));

/**
 * A detail that may be missing. `null` and empty text count as missing: lookups that found nothing give them, and what
 * Nimbus knows already is not to be blanked by them.
 */
export function detail(maxLength?: number) {
  const text = maxLength === undefined ? z.string() : z.string().check(z.maxLength(maxLength));
  return z.optional(
    z.pipe(
      z.nullable(text),
      z.transform((value) => (value === null || value === '' ? undefined : value)),
    ),
  );
}

/**
 * A list, or its only item in place of it: an expression that finds just one gives that one.
 * @param what how an item looks, for the message
 */
export function listOf<Item extends z.ZodMiniType>(item: Item, what: string) {
  return z.pipe(
    z.union([z.array(item), item], `Invalid list: expected ${what}`),
    z.transform((value): z.output<Item>[] => (Array.isArray(value) ? value : [value])),
  );
}

/** What a call shall reach. */
export const destination = z
  .pipe(
    z.string(),
    z.pipe(
      z.transform(withoutSeparators),
      z
        .string()
        .check(
          z.refine(
            (value) => E164.test(value) || UPN.test(value),
            'Invalid destination: expected a phone number with + and country code, or a UPN',
          ),
        ),
    ),
  )
  .check(z.describe('Phone number with + and country code (E.164), or UPN.'));

/** A number such as `+44 (0)20` stays as it is, and is refused: its zero is dialled in some countries only. */
function withoutSeparators(value: string): string {
  return value.includes('(0)') || UPN.test(value) ? value : value.replace(/[\s()/.-]/g, '');
}
