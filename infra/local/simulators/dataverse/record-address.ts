import { noSuchSegment, ODataError } from './odata-error.ts';
import type { Records, StoredRecord } from './records.ts';
import { findTable, type Table } from './tables.ts';

/** What a path segment such as `tasks(bridge_deliverykey='x')` points at. */
export interface RecordAddress {
  readonly table: Table;
  /** Undefined for the whole entity set. */
  readonly key: { readonly column: string; readonly value: string } | undefined;
}

const guidPattern = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** Microsoft's "Work with alternate keys": GET and PATCH do not work when the key's value holds one of these. */
const forbiddenInKey = /[/<>*%&:\\?+]/;

/**
 * Reads a decoded path segment: an entity set, alone or with a primary key (`contacts(guid)`,
 * `contacts(contactid=guid)`) or a single alternate key (`tasks(bridge_deliverykey='x')`). Throws an OData error for
 * anything else.
 */
export function readAddress(segment: string): RecordAddress {
  const [, entitySet = '', parenthesized] = /^([^(]+)(?:\((.*)\))?$/s.exec(segment) ?? [];
  const table = findTable(entitySet);
  if (table === undefined) throw noSuchSegment(entitySet === '' ? segment : entitySet);
  return { table, key: parenthesized === undefined ? undefined : readKey(parenthesized, table) };
}

/** The record that an address with a key points at. */
export function resolveAddress(records: Records, { table, key }: RecordAddress): StoredRecord | undefined {
  return key === undefined ? undefined : records.findBy(table, key.column, key.value);
}

function readKey(text: string, table: Table): { column: string; value: string } {
  if (guidPattern.test(text)) return { column: table.primaryKey, value: text.toLowerCase() };
  const [, column = '', literal = ''] = /^(\w+)=(.*)$/s.exec(text) ?? [];
  if (column === table.primaryKey && guidPattern.test(literal)) return { column, value: literal.toLowerCase() };
  const [, quoted] = /^'((?:[^']|'')*)'$/s.exec(literal) ?? [];
  if (!table.alternateKeys.includes(column) || quoted === undefined) {
    const type = `Microsoft.Dynamics.CRM.${table.logicalName}`;
    throw new ODataError(
      400,
      '0x80060888',
      `The key in the request URI is not valid for resource '${type}'. Ensure that the names and number of key properties match the declared or alternate key properties for the resource '${type}'.`,
    );
  }
  const value = quoted.replaceAll("''", "'");
  const forbidden = forbiddenInKey.exec(value);
  if (forbidden !== null) {
    throw new ODataError(
      400,
      '',
      `A potentially dangerous Request.Path value was detected from the client (${forbidden[0]}).`,
    );
  }
  return { column, value };
}
