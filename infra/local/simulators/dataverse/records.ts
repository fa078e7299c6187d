import { seededContacts } from './seed.ts';
import { findTable, type Table, tables } from './tables.ts';

export type ColumnValue = string | number | boolean | null;

export interface StoredRecord {
  readonly id: string;
  /** Every column of the table. */
  readonly values: Readonly<Record<string, ColumnValue>>;
  /** Grows with each change of any record, like Dataverse's row version. */
  readonly version: number;
}

/** All records of all tables. The clock gives milliseconds since the epoch. */
export class Records {
  #byTable = new Map<Table, StoredRecord[]>();
  #version = 1_000_000;
  readonly #clock: () => number;
  readonly #newId: () => string;

  constructor(clock: () => number, newId: () => string) {
    this.#clock = clock;
    this.#newId = newId;
    this.reset();
  }

  /** Back to the seeded contacts. */
  reset(): void {
    this.#byTable = new Map(tables.map((table) => [table, []]));
    const contacts = findTable('contacts');
    if (contacts !== undefined) for (const values of seededContacts) this.create(contacts, values);
  }

  all(table: Table): readonly StoredRecord[] {
    return this.#byTable.get(table) ?? [];
  }

  /** The record whose column has this value; texts compare without case, as in Dataverse's database. */
  findBy(table: Table, column: string, value: string): StoredRecord | undefined {
    const wanted = value.toLowerCase();
    return this.all(table).find(({ values }) => {
      const stored = values[column] ?? null;
      return stored !== null && String(stored).toLowerCase() === wanted;
    });
  }

  create(table: Table, given: Readonly<Record<string, ColumnValue>>): StoredRecord {
    const empty = Object.fromEntries(Object.keys(table.columns).map((name) => [name, null]));
    const now = this.#now();
    const id = String(given[table.primaryKey] ?? this.#newId()).toLowerCase();
    const values = { ...empty, ...table.defaults, ...given, [table.primaryKey]: id, createdon: now, modifiedon: now };
    const record = { id, values: withFullName(values), version: ++this.#version };
    this.#byTable.get(table)?.push(record);
    return record;
  }

  update(table: Table, record: StoredRecord, given: Readonly<Record<string, ColumnValue>>): StoredRecord {
    const values = { ...record.values, ...given, [table.primaryKey]: record.id, modifiedon: this.#now() };
    const updated = { id: record.id, values: withFullName(values), version: ++this.#version };
    this.#byTable.set(
      table,
      this.all(table).map((stored) => (stored.id === record.id ? updated : stored)),
    );
    return updated;
  }

  /** The Web API gives whole seconds. */
  #now(): string {
    return new Date(this.#clock()).toISOString().replace(/\.\d+Z$/, 'Z');
  }
}

function withFullName(values: Record<string, ColumnValue>): Record<string, ColumnValue> {
  if (!('fullname' in values)) return values;
  return { ...values, fullname: [values.firstname, values.lastname].filter(Boolean).join(' ') };
}
