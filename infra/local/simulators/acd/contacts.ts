import type { ResultCode } from './dialler-seed.ts';
import { AcdRefusal } from './envelopes.ts';
import type { ImportContactRequest } from './import-contact-request.ts';

const firstContactId = 215_501;
const firstStatisticsId = 409_712;

/** One call of the dialler to a contact. */
export interface ContactCall {
  readonly statisticsId: number;
  readonly atMs: number;
}

export interface Contact {
  readonly id: number;
  readonly campaignId: number;
  values: ImportContactRequest['values'];
  result: ResultCode | null;
  readonly calls: ContactCall[];
}

/** The dialler contacts of the tenant, in the order of their import. */
export class Contacts {
  #contacts: Contact[] = [];
  #nextId = firstContactId;
  #nextStatisticsId = firstStatisticsId;
  readonly #random: () => number;

  /** `random` gives [0, 1). */
  constructor(random: () => number) {
    this.#random = random;
  }

  all(): readonly Contact[] {
    return this.#contacts;
  }

  ofCampaign(campaignId: number): Contact[] {
    return this.#contacts.filter((contact) => contact.campaignId === campaignId);
  }

  withUserData(userData: string): Contact[] {
    return this.#contacts.filter(({ values }) => values.UserData === userData);
  }

  /** Throws 404. */
  get(id: number): Contact {
    const contact = this.#contacts.find((candidate) => candidate.id === id);
    if (contact === undefined) throw new AcdRefusal(404, 'Dialler contact not found');
    return contact;
  }

  /**
   * Adds a contact, or overwrites the one of the campaign with the same `UserData` where that is wanted. That only the
   * campaign is searched is an assumption.
   */
  import({ campaignId, values }: ImportContactRequest, overwriteDuplicates: boolean): Contact {
    const { UserData } = values;
    const duplicate = this.ofCampaign(campaignId).find((contact) => contact.values.UserData === UserData);
    if (overwriteDuplicates && typeof UserData === 'string' && duplicate !== undefined) {
      duplicate.values = values;
      return duplicate;
    }
    const contact: Contact = { id: this.#nextId++, campaignId, values, result: null, calls: [] };
    this.#contacts.push(contact);
    return contact;
  }

  /** The dialler called, and the agent chose a result. */
  finishCall(contact: Contact, result: ResultCode, atMs: number): void {
    contact.calls.push({ statisticsId: this.#nextStatisticsId++, atMs });
    contact.result = result;
  }

  delete(contact: Contact): void {
    this.#contacts = this.#contacts.filter(({ id }) => id !== contact.id);
  }

  /** Of several with the same value one goes, and nobody can tell which. Throws 404 where there is none. */
  deleteByUserData(userData: string): void {
    const candidates = this.withUserData(userData);
    const contact = candidates[Math.floor(this.#random() * candidates.length)];
    if (contact === undefined) throw new AcdRefusal(404, 'Dialler contact not found');
    this.delete(contact);
  }

  deleteOfCampaign(campaignId: number): void {
    this.#contacts = this.#contacts.filter((contact) => contact.campaignId !== campaignId);
  }

  clear(): void {
    this.#contacts = [];
    this.#nextId = firstContactId;
    this.#nextStatisticsId = firstStatisticsId;
  }
}
