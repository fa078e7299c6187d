import type { FastifyInstance, FastifyRequest } from 'fastify';
import * as z from '../../../../shared/zod.ts';
import type { Behaviour } from '../common/behaviour.ts';
import type { Account } from './account.ts';
import type { AddressBooks } from './address-books.ts';
import type { NimbusBehaviour } from './behaviour.ts';
import { type Contact, contactSchema } from './contact.ts';
import { readBody } from './read-body.ts';
import { invalidFields, NimbusRefusal, notFound } from './refusal.ts';

export interface ContactRouteOptions {
  readonly addressBooks: AddressBooks;
  readonly account: Account;
  readonly behaviour: Behaviour<NimbusBehaviour>;
}

type BookRequest = FastifyRequest<{ Params: { addressBook: string } }>;

/**
 * Contacts of an address book. Update has no id in its path and replaces (an assumption) the contact with the body's
 * `externalId`; ids to remove that no contact has are passed over.
 */
export function registerContactRoutes(scope: FastifyInstance, options: ContactRouteOptions): void {
  const { addressBooks, account, behaviour } = options;
  const path = '/v2/AddressBooks/:addressBook/contacts';
  const contactsOf = ({ params: { addressBook } }: BookRequest): Map<string, Contact> => {
    account.require('addressBooks');
    const contacts = addressBooks.find(addressBook);
    if (contacts === undefined) throw notFound('address book');
    if (!account.addressBooks().some(({ id }) => id === addressBook.toLowerCase())) {
      throw new NimbusRefusal(403, 'The account has no access to the address book.');
    }
    return contacts;
  };

  scope.get(path, async (request: BookRequest) => {
    const contacts = contactsOf(request);
    const wanted = readExternalIds(request.query, behaviour.current.repeatedExternalIds === 'accept');
    return wanted === undefined ? [...contacts.values()] : wanted.flatMap((id) => contacts.get(id) ?? []);
  });

  scope.post(path, async (request: BookRequest) => {
    const contacts = contactsOf(request);
    const contact = readBody(request, contactSchema);
    if (contacts.has(contact.externalId) && behaviour.current.addKnownContact === 'refuse') {
      throw invalidFields({ externalId: ['A contact with this external id exists already.'] });
    }
    contacts.set(contact.externalId, contact);
    return contact;
  });

  scope.put(path, async (request: BookRequest) => {
    const contacts = contactsOf(request);
    const contact = readBody(request, contactSchema);
    if (!contacts.has(contact.externalId)) throw notFound('contact');
    contacts.set(contact.externalId, contact);
    return contact;
  });

  scope.post(`${path}/delete`, async (request: BookRequest, reply) => {
    const contacts = contactsOf(request);
    for (const id of readBody(request, z.array(z.string()))) contacts.delete(id);
    return reply.code(200).send();
  });

  scope.post(`${path}/clear`, async (request: BookRequest, reply) => {
    contactsOf(request).clear();
    return reply.code(200).send();
  });
}

/**
 * The query's external ids; undefined when none is given, which means all contacts. The definition names no
 * `collectionFormat`, so that ids are separated by commas.
 */
function readExternalIds(query: unknown, repeatable: boolean): string[] | undefined {
  const given: unknown = new Map(Object.entries(query ?? {})).get('externalIds');
  const values = (Array.isArray(given) ? given : [given]).filter((value) => typeof value === 'string');
  if (values.length > 1 && !repeatable) {
    throw invalidFields({ externalIds: ['The field is given more than once; separate its values by commas.'] });
  }
  const ids = values.flatMap((value) => value.split(',')).filter((id) => id !== '');
  return ids.length === 0 ? undefined : [...new Set(ids)];
}
