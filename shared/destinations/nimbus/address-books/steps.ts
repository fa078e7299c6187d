import { PermanentError } from '../../../errors.ts';
import * as z from '../../../zod.ts';
import { limitedResult } from '../../limited-result.ts';
import { defineStep } from '../../step.ts';
import type { NimbusClient } from '../client.ts';
import { detail, filled, listOf } from '../common/argument-fields.ts';
import { unlessEmpty } from '../common/customer.ts';
import { namedValues } from '../common/named-values.ts';
import { isNotFound } from '../connection.ts';
import type { ContactBody } from './schemas.ts';

const addressBook = filled.check(z.describe('Id of the address book.'));
const externalId = z.string().check(z.minLength(1), z.maxLength(128));

function texts(maxLength: number) {
  return z.optional(
    listOf(z.string().check(z.maxLength(maxLength)), 'texts').check(
      z.maxLength(10, 'Too big: expected at most 10 items'),
    ),
  );
}

/** Limits are those of Luware's knowledge base ("Use Case – Adding External Address Books"); beyond them Nimbus says 400. */
const contactArguments = z.strictObject({
  addressBook,
  externalId: externalId.check(z.describe("Your system's id of the contact.")),
  firstName: detail(64),
  lastName: detail(64),
  displayName: detail(256),
  initials: detail(16),
  company: detail(64),
  department: detail(64),
  jobTitle: detail(128),
  userPrincipalName: detail(128),
  imAddresses: texts(128),
  emailAddresses: texts(128),
  businessPhones: texts(32),
  mobilePhones: texts(32),
  homePhones: texts(32),
  addresses: z.optional(
    listOf(
      z.strictObject({
        street: detail(1024),
        city: detail(128),
        country: detail(128),
        state: detail(128),
        postalCode: detail(40),
      }),
      '{street, city, country, state, postalCode} items',
    ).check(z.maxLength(10, 'Too big: expected at most 10 items')),
  ),
  customFields: namedValues({ maxItems: 20, maxNameLength: 64, maxValueLength: 1024 }),
});

/** "AddContact". */
const addContact = defineStep({
  summary: 'Adds a contact to an address book of Nimbus.',
  args: contactArguments,
  repeatable: false,
  async run(client: NimbusClient, { addressBook, ...contact }) {
    await client.addContact(addressBook, toBody(contact));
    return { externalId: contact.externalId };
  },
  async findExisting(client, { addressBook, externalId }) {
    const [existing] = await client.getContacts(addressBook, [externalId]).catch(orNone);
    return existing && { externalId };
  },
});

/** "UpdateContact". */
const updateContact = defineStep({
  summary: 'Changes the contact with this externalId; Nimbus may drop what is not given again.',
  args: contactArguments,
  repeatable: true,
  async run(client: NimbusClient, { addressBook, ...contact }) {
    await client.updateContact(addressBook, toBody(contact));
    return { externalId: contact.externalId };
  },
});

/** "RemoveContacts". */
const removeContacts = defineStep({
  summary: 'Removes contacts from an address book of Nimbus.',
  args: z.strictObject({
    addressBook,
    externalIds: listOf(externalId, 'texts of at most 128 characters').check(
      z.describe("Your system's ids of the contacts."),
    ),
  }),
  repeatable: true,
  async run(client: NimbusClient, { addressBook, externalIds }) {
    if (externalIds.length === 0) return { outcome: 'gone' };
    try {
      await client.removeContacts(addressBook, externalIds);
      return { outcome: 'removed' };
    } catch (error) {
      if (!isNotFound(error)) throw error;
      return removeRest(client, addressBook, externalIds);
    }
  },
});

/** "ClearContacts". */
const clearAddressBook = defineStep({
  summary: 'Removes every contact from an address book of Nimbus.',
  args: z.strictObject({ addressBook }),
  repeatable: true,
  async run(client: NimbusClient, { addressBook }) {
    await client.clearContacts(addressBook);
    return { outcome: 'removed' };
  },
});

/** "GetContacts". */
const getContacts = defineStep({
  summary: 'Lists contacts of an address book of Nimbus: those with these externalIds, or all.',
  args: z.strictObject({ addressBook, externalIds: z.optional(listOf(externalId, 'texts of at most 128 characters')) }),
  repeatable: true,
  async run(client: NimbusClient, { addressBook, externalIds }) {
    // An expression that found no ids asks for none, not for all.
    const contacts = externalIds?.length === 0 ? [] : await client.getContacts(addressBook, externalIds);
    return limitedResult({ contacts }, 'Nimbus has too many contacts in this address book: give externalIds');
  },
});

export const addressBookSteps = {
  'nimbus.addContact': addContact,
  'nimbus.updateContact': updateContact,
  'nimbus.removeContacts': removeContacts,
  'nimbus.clearAddressBook': clearAddressBook,
  'nimbus.getContacts': getContacts,
};

/** Whether Nimbus keeps what is left out is not published; an empty list says no more than none. */
function toBody(contact: Omit<z.output<typeof contactArguments>, 'addressBook'>): ContactBody {
  return {
    ...contact,
    imAddresses: unlessEmpty(contact.imAddresses),
    emailAddresses: unlessEmpty(contact.emailAddresses),
    businessPhones: unlessEmpty(contact.businessPhones),
    mobilePhones: unlessEmpty(contact.mobilePhones),
    homePhones: unlessEmpty(contact.homePhones),
    addresses: unlessEmpty(contact.addresses),
    customFields: unlessEmpty(contact.customFields),
  };
}

/**
 * 404 does not say whether the book is unknown, or one of the contacts; nor whether the others were removed. The book's
 * own contacts do. @throws PermanentError when there is no such book
 */
async function removeRest(client: NimbusClient, addressBook: string, externalIds: readonly string[]) {
  const all = await client.getContacts(addressBook).catch((error: unknown) => {
    if (!isNotFound(error)) throw error;
    throw new PermanentError('Nimbus answered 404 to "get contacts": the address book is unknown', {
      cause: error,
      httpStatus: 404,
    });
  });
  const wanted = new Set(externalIds);
  const left = all.map((contact) => contact.externalId).filter((id) => wanted.has(id));
  if (left.length === 0) return { outcome: 'gone' };
  await client.removeContacts(addressBook, left);
  return { outcome: 'removed' };
}

/** Nimbus may answer 404 where none of the asked contacts is there. */
function orNone(error: unknown): [] {
  if (isNotFound(error)) return [];
  throw error;
}
