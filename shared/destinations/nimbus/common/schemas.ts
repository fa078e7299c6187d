import { integer, text } from '../../../events/wire-fields.ts';
import * as z from '../../../zod.ts';

const optionalText = z.optional(z.string());

/** `TelNumber`, `CustomField` and `CustomContextParameter` of the published definition: all the same. */
export const namedValueBody = z.strictObject({ name: z.string(), value: optionalText });

export const namedValuesBody = z.optional(z.array(namedValueBody));

/** `PreferredUser`, at most ten of them: 1 is asked first, 99 last. */
export const preferredUsersBody = z.optional(
  z
    .array(z.strictObject({ upn: z.string(), priority: z.optional(z.int().check(z.gte(1), z.lte(99))) }))
    .check(z.maxLength(10)),
);

/** `Customer`. Its `UPN` is all capitals, unlike every other UPN of the API. */
export const customerBody = z.strictObject({
  firstName: optionalText,
  lastName: optionalText,
  displayName: optionalText,
  company: optionalText,
  jobTitle: optionalText,
  department: optionalText,
  streetAddress: optionalText,
  postCode: optionalText,
  city: optionalText,
  state: optionalText,
  country: optionalText,
  primaryTelNumber: optionalText,
  telNumbers: namedValuesBody,
  UPN: optionalText,
  imAddress: optionalText,
  email: optionalText,
  customFields: namedValuesBody,
});

/** Preferred users in an answer. */
export const preferredUsers = z.optional(z.array(z.looseObject({ upn: text, priority: integer })));
