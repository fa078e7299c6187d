import { PermanentError } from '../../../errors.ts';
import * as z from '../../../zod.ts';
import { bodyFor, isNotFound, type NimbusConnection, segment } from '../connection.ts';
import { type Contact, type ContactBody, contactBody, contactSchema } from './schemas.ts';

/** How several ids go into one query: the definition leaves it to the default of Swagger 2.0, which is `csv`. */
export type ExternalIdsFormat = 'csv' | 'repeated';

/** Contacts in the address books that Nimbus keeps for other systems. Books are named by the id of the lookup. */
export interface AddressBookOperations {
  /** Contacts with these ids, or all of them: Nimbus has no pages. */
  getContacts(addressBook: string, externalIds?: readonly string[]): Promise<readonly Contact[]>;
  addContact(addressBook: string, contact: ContactBody): Promise<Contact>;
  /** The contact is the one with the same `externalId`; what is left out of it may be lost. */
  updateContact(addressBook: string, contact: ContactBody): Promise<Contact>;
  removeContacts(addressBook: string, externalIds: readonly string[]): Promise<void>;
  /** Removes every contact of the book. */
  clearContacts(addressBook: string): Promise<void>;
}

export function addressBookOperations(
  { send, read }: NimbusConnection,
  externalIdsFormat: ExternalIdsFormat,
): AddressBookOperations {
  const contactsOf = (addressBook: string) => `/v2/AddressBooks/${segment(addressBook)}/contacts`;

  async function write(method: 'POST' | 'PUT', addressBook: string, contact: ContactBody, operation: string) {
    const body = bodyFor(contactBody, contact, operation);
    return read({ method, path: contactsOf(addressBook), body, operation }, contactSchema);
  }

  return {
    async getContacts(addressBook, externalIds = []) {
      const path = contactsOf(addressBook) + toQuery(externalIds, externalIdsFormat);
      const contacts = await read({ method: 'GET', path, operation: 'get contacts' }, z.array(contactSchema));
      const wanted = new Set(externalIds);
      return wanted.size === 0 ? contacts : contacts.filter(({ externalId }) => wanted.has(externalId));
    },
    addContact: (addressBook, contact) => write('POST', addressBook, contact, 'add contact'),
    async updateContact(addressBook, contact) {
      try {
        return await write('PUT', addressBook, contact, 'update contact');
      } catch (error) {
        if (!isNotFound(error)) throw error;
        throw new PermanentError(
          'Nimbus answered 404 to "update contact": the address book or the contact is unknown',
          {
            cause: error,
            httpStatus: 404,
          },
        );
      }
    },
    async removeContacts(addressBook, externalIds) {
      const operation = 'remove contacts';
      const path = `${contactsOf(addressBook)}/delete`;
      await send({ method: 'POST', path, body: bodyFor(z.array(z.string()), [...externalIds], operation), operation });
    },
    async clearContacts(addressBook) {
      await send({ method: 'POST', path: `${contactsOf(addressBook)}/clear`, operation: 'clear contacts' });
    },
  };
}

/** An id with a comma in it would be read as two; then the whole book is asked for. */
function toQuery(externalIds: readonly string[], format: ExternalIdsFormat): string {
  if (externalIds.length === 0) return '';
  if (format === 'repeated') return `?${externalIds.map((id) => `externalIds=${encodeURIComponent(id)}`).join('&')}`;
  if (externalIds.some((id) => id.includes(','))) return '';
  return `?externalIds=${externalIds.map(encodeURIComponent).join(',')}`;
}
