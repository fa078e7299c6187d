import { namedValues, text } from '../../../events/wire-fields.ts';
import * as z from '../../../zod.ts';
import { namedValuesBody } from '../common/schemas.ts';

const line = z.optional(z.string());
const lines = z.optional(z.array(z.string()));

/** `ContactWriteDto`. Lengths are left to the steps: they come from the knowledge base, not from the definition. */
export const contactBody = z.strictObject({
  externalId: z.string(),
  firstName: line,
  lastName: line,
  displayName: line,
  initials: line,
  company: line,
  department: line,
  jobTitle: line,
  userPrincipalName: line,
  imAddresses: lines,
  emailAddresses: lines,
  businessPhones: lines,
  mobilePhones: lines,
  homePhones: lines,
  addresses: z.optional(
    z.array(z.strictObject({ street: line, city: line, country: line, state: line, postalCode: line })),
  ),
  customFields: namedValuesBody,
});

export type ContactBody = z.infer<typeof contactBody>;

/** `ContactReadDto`. */
export const contactSchema = z.looseObject({
  externalId: z.string(),
  firstName: text,
  lastName: text,
  displayName: text,
  initials: text,
  company: text,
  department: text,
  jobTitle: text,
  userPrincipalName: text,
  imAddresses: lines,
  emailAddresses: lines,
  businessPhones: lines,
  mobilePhones: lines,
  homePhones: lines,
  addresses: z.optional(
    z.array(z.looseObject({ street: text, city: text, country: text, state: text, postalCode: text })),
  ),
  customFields: namedValues,
});

export type Contact = z.infer<typeof contactSchema>;
