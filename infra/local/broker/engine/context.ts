import type { Journal, JournalRecord } from '../store/journal.ts';
import type { Deadlines } from './deadlines.ts';

/** What the parts of the engine share. */
export interface EngineContext {
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  readonly deadlines: Deadlines;
  readonly journal: Journal;
  /** A new guid of 32 hexadecimal digits. */
  readonly newToken: () => string;
}

/** Changes that become safe together, and what follows once they are. */
export class Transaction {
  readonly #journal: Journal;
  readonly #records: JournalRecord[] = [];
  readonly #afterwards: (() => void)[] = [];

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  add(record: JournalRecord): void {
    this.#records.push(record);
  }

  whenSafe(callback: () => void): void {
    this.#afterwards.push(callback);
  }

  commit(): void {
    if (this.#records.length > 0) this.#journal.append(this.#records);
    if (this.#afterwards.length === 0) return;
    this.#journal.whenSafe(() => {
      for (const callback of this.#afterwards) callback();
    });
  }
}
