import type { Contact } from './contact.ts';
import { addressBooks } from './lookups.ts';

/** The contacts of every address book, by the external id that another system gave them. */
export class AddressBooks {
  readonly #contactsByBook = new Map(addressBooks.map(({ id }) => [id, new Map<string, Contact>()]));

  /** The book's contacts by external id, to read and to change; undefined for an unknown book. */
  find(id: string): Map<string, Contact> | undefined {
    return this.#contactsByBook.get(id.toLowerCase());
  }

  all(): { readonly id: string; readonly contacts: readonly Contact[] }[] {
    return [...this.#contactsByBook].map(([id, contacts]) => ({ id, contacts: [...contacts.values()] }));
  }

  clear(): void {
    for (const contacts of this.#contactsByBook.values()) contacts.clear();
  }
}
