import * as z from '../../../zod.ts';
import type { LanguageId } from '../campaigns/schemas.ts';
import { type AcdConnection, bodyFor, onlyRecord, orUndefined, removed } from '../connection.ts';
import {
  type Contact,
  contactSchema,
  type ImportContactBody,
  importContactBody,
  type ReadContactsBody,
  readContactsBody,
} from './schemas.ts';

/** Contacts of the dialler. */
export interface ContactOperations {
  /** Contacts of a campaign, or of the whole client account: jtel has no pages. */
  listContacts(campaignId?: number): Promise<readonly Contact[]>;
  /** Undefined when there is none. */
  getContact(contactId: number): Promise<Contact | undefined>;
  /** Several contacts can share a UserData. */
  findContacts(userData: string): Promise<readonly Contact[]>;
  /** Contacts with their result codes and calls. Those that jtel does not have are left out. */
  readContacts(wanted: ReadContactsBody, languageId: LanguageId): Promise<readonly Contact[]>;
  /**
   * Adds one contact.
   * @param overwriteDuplicates whether a contact with the same UserData is written over; where jtel looks for it, in the
   *   campaign or everywhere, is not documented
   * @returns the contact; undefined when the answer does not show it
   */
  importContact(contact: ImportContactBody, overwriteDuplicates: boolean): Promise<Contact | undefined>;
  /** @returns false when there is none */
  deleteContact(contactId: number): Promise<boolean>;
  /** Where several contacts share the UserData, jtel removes any one of them. @returns false when there is none */
  deleteContactByUserData(userData: string): Promise<boolean>;
}

export function contactOperations({ call, records }: AcdConnection): ContactOperations {
  return {
    listContacts: async (campaignId) =>
      campaignId === undefined
        ? records('listContacts', contactSchema)
        : ((await orUndefined(records('listContactsOfCampaign', contactSchema, { campaignId }))) ?? []),
    getContact: (contactId) => onlyRecord(records('getContact', contactSchema, { contactId })),
    findContacts: async (userData) => (await orUndefined(records('findContacts', contactSchema, { userData }))) ?? [],
    async readContacts(wanted, languageId) {
      const body = bodyFor('readContacts', readContactsBody, wanted);
      return (await orUndefined(records('readContacts', contactSchema, { languageId }, body))) ?? [];
    },
    async importContact(contact, overwriteDuplicates) {
      const body = bodyFor('importContact', importContactBody, contact);
      const answer = await call('importContact', { overwriteDuplicates }, body);
      return z.safeParse(importAnswer, answer).data?.records[0];
    },
    deleteContact: (contactId) => removed(call('deleteContact', { contactId })),
    deleteContactByUserData: (userData) => removed(call('deleteContactByUserData', { userData })),
  };
}

/** What an import is answered with is not published; records, as everywhere else, are assumed. */
const importAnswer = z.looseObject({ records: z.array(contactSchema) });
