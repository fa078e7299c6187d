import * as z from '../zod.ts';
import { namedValues, text } from './wire-fields.ts';

/** `Customer` of the published Nimbus connector definition; the same object in both webhooks. */
export const nimbusCustomer = z.optional(
  z.looseObject({
    firstName: text,
    lastName: text,
    displayName: text,
    company: text,
    jobTitle: text,
    department: text,
    streetAddress: text,
    postCode: text,
    city: text,
    state: text,
    country: text,
    primaryTelNumber: text,
    telNumbers: namedValues,
    upn: text,
    imAddress: text,
    email: text,
    customFields: namedValues,
  }),
);
