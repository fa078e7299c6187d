/**
 * Field types of vendors' webhook payloads, read tolerantly: nearly everything may be absent, and Power Automate turns
 * numbers and booleans into strings when a flow builds the body by hand.
 */
import * as z from '../zod.ts';

export const text = z.optional(z.string());

export const requiredInteger = z.pipe(
  z.transform((value: unknown) => (typeof value === 'string' && /^-?\d{1,9}$/.test(value) ? Number(value) : value)),
  z.int(),
);

export const integer = z.optional(requiredInteger);

export const flag = z.optional(
  z.pipe(
    z.transform((value: unknown) => {
      if (typeof value !== 'string') return value;
      const lower = value.toLowerCase();
      return lower === 'true' ? true : lower === 'false' ? false : value;
    }),
    z.boolean(),
  ),
);

/** An identifier that the bridge uses as the event's subject. */
export const subjectId = z.string().check(z.minLength(1), z.maxLength(256));

/** The name or id of a service: the event's `source` is made of it, and message properties have little room. */
export const serviceKey = z.optional(z.string().check(z.maxLength(1_024)));

/** The vendor's name of what happened: any text, as long as an event type can be made of it. */
export const eventName = z
  .string()
  .check(z.maxLength(128), z.regex(/[\p{L}\p{N}]/u, 'Invalid event name: expected at least one letter or digit'));

/** `{name, value}` pairs: context parameters, phone numbers, custom fields. */
export const namedValues = z.optional(z.array(z.looseObject({ name: text, value: text })));
