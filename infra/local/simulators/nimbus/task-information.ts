import * as z from '../../../../shared/zod.ts';
import { preferredRoutingUsers } from './lookups.ts';
import { NimbusRefusal } from './refusal.ts';

/**
 * `Customer`, `CustomContextParameter`, `PreferredUser` and `TaskInformation` of the published connector definition.
 * Keys in another spelling are dropped unseen, as a deserialiser does.
 */
const text = z.optional(z.string());

const namedText = z.object({ name: z.string(), value: text });

export const customerSchema = z.object({
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
  telNumbers: z.optional(z.array(namedText)),
  UPN: text,
  imAddress: text,
  email: text,
  customFields: z.optional(z.array(namedText)),
});

export const contextParametersSchema = z.array(namedText);

export const preferredUsersSchema = z
  .array(z.object({ upn: z.string(), priority: z.optional(z.int().check(z.gte(1), z.lte(99))) }))
  .check(z.maxLength(10));

export const taskInformationSchema = z.object({
  customer: z.optional(customerSchema),
  customContextParameters: z.optional(contextParametersSchema),
  preferredUsers: z.optional(preferredUsersSchema),
});

export type NamedText = z.infer<typeof namedText>;
export type PreferredUser = z.infer<typeof preferredUsersSchema>[number];
export type TaskInformation = z.infer<typeof taskInformationSchema>;

/** What was given laid over what is known: the customer field by field, parameters by name, users as a whole. */
export function mergeInformation(known: TaskInformation, given: TaskInformation): TaskInformation {
  return {
    ...known,
    ...(given.customer === undefined ? {} : { customer: { ...known.customer, ...given.customer } }),
    ...(given.customContextParameters === undefined
      ? {}
      : { customContextParameters: mergeByName(known.customContextParameters ?? [], given.customContextParameters) }),
    ...(given.preferredUsers === undefined ? {} : { preferredUsers: given.preferredUsers }),
  };
}

/** The parameters of `given` that are new or have another value than before. */
export function changedParameters(known: TaskInformation, given: TaskInformation): NamedText[] {
  const before = new Map(known.customContextParameters?.map(({ name, value }) => [name, value ?? '']));
  return (given.customContextParameters ?? []).filter(({ name, value }) => before.get(name) !== (value ?? ''));
}

/**
 * The preferred users that Nimbus knows. Throws a 400 refusal when users are given and every one of them is unknown, so
 * that none would be set.
 */
export function usablePreferredUsers(given: readonly PreferredUser[]): PreferredUser[] {
  const known = new Set(preferredRoutingUsers.map((upn) => upn.toLowerCase()));
  const usable = given.filter(({ upn }) => known.has(upn.toLowerCase()));
  if (given.length > 0 && usable.length === 0) {
    throw new NimbusRefusal(400, 'All preferred users are invalid, so none is set.');
  }
  return usable;
}

function mergeByName(known: readonly NamedText[], given: readonly NamedText[]): NamedText[] {
  return [...new Map([...known, ...given].map((parameter) => [parameter.name, parameter])).values()];
}
