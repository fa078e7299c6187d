import * as z from '../../../zod.ts';
import { detail } from './argument-fields.ts';
import { namedValues } from './named-values.ts';
import type { customerBody } from './schemas.ts';

/** What a route may say of a customer. Nothing of it is required, and what comes out empty is not sent. */
export const customerArgument = z
  .optional(
    z.strictObject({
      firstName: detail(),
      lastName: detail(),
      displayName: detail(),
      company: detail(),
      jobTitle: detail(),
      department: detail(),
      streetAddress: detail(),
      postCode: detail(),
      city: detail(),
      state: detail(),
      country: detail(),
      primaryTelNumber: detail(),
      telNumbers: namedValues(),
      upn: detail(),
      imAddress: detail(),
      email: detail(),
      customFields: namedValues(),
    }),
  )
  .check(z.describe('Who is calling or to be called; details that come out empty are left as Nimbus knows them.'));

/** The customer as it is spelt on the wire, or undefined when there is nothing to say. */
export function toCustomerBody(customer: z.output<typeof customerArgument>): z.output<typeof customerBody> | undefined {
  const { upn, telNumbers, customFields, ...rest } = customer ?? {};
  return givenOf({
    ...rest,
    UPN: upn,
    telNumbers: unlessEmpty(telNumbers),
    customFields: unlessEmpty(customFields),
  });
}

/** A list, or undefined when it has nothing in it: sent empty, it could take away what is there. */
export function unlessEmpty<Item>(list: Item[] | undefined): Item[] | undefined {
  return list?.length === 0 ? undefined : list;
}

/** An object, or undefined when none of its keys has a value. */
export function givenOf<Body extends object>(body: Body): Body | undefined {
  return Object.values(body).some((value) => value !== undefined) ? body : undefined;
}
