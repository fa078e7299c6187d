import { noSuchId, noSuchKey, ODataError } from './odata-error.ts';
import { readPayload } from './payload.ts';
import { type RecordAddress, resolveAddress } from './record-address.ts';
import type { ColumnValue, Records, StoredRecord } from './records.ts';
import { etagOf } from './representation.ts';
import type { Table } from './tables.ts';

/** The two headers that limit what a PATCH may do. */
export interface Conditions {
  readonly ifMatch: string | undefined;
  readonly ifNoneMatch: string | undefined;
}

/** Creates a record from a POST's body. Throws 412 when its primary or alternate key is taken. */
export function createRecord(records: Records, table: Table, body: unknown): StoredRecord {
  const values = readPayload(body, table, { records, isCreate: true });
  refuseTakenKeys(records, table, values, undefined);
  return records.create(table, values);
}

/**
 * What a PATCH does (Microsoft: "Use Upsert to Create or Update a record", "Perform conditional operations"): updates
 * the addressed record, or creates it with the key of the address where the body does not name another. `If-Match: *`
 * forbids the creation (404), `If-None-Match: *` the update (412), `If-Match` with an ETag the update of another
 * version (412).
 */
export function upsertRecord(
  records: Records,
  address: RecordAddress & { key: NonNullable<RecordAddress['key']> },
  body: unknown,
  conditions: Conditions,
): { record: StoredRecord; isNew: boolean } {
  const { table, key } = address;
  const existing = resolveAddress(records, address);
  if (existing === undefined) {
    if (conditions.ifMatch !== undefined) {
      throw key.column === table.primaryKey ? noSuchId(table.logicalName, key.value) : noSuchKey(table.logicalName);
    }
    const values = { [key.column]: key.value, ...readPayload(body, table, { records, isCreate: true }) };
    refuseTakenKeys(records, table, values, undefined);
    return { record: records.create(table, values), isNew: true };
  }
  if (conditions.ifNoneMatch === '*') {
    throw new ODataError(412, '0x80040237', 'A record with matching key values already exists.');
  }
  if (conditions.ifMatch !== undefined && conditions.ifMatch !== '*' && conditions.ifMatch !== etagOf(existing)) {
    const message = "The version of the existing record doesn't match the RowVersion property provided.";
    throw new ODataError(412, '0x80060882', message);
  }
  const { [key.column]: _ignored, ...values } = readPayload(body, table, { records, isCreate: false });
  refuseTakenKeys(records, table, values, existing);
  return { record: records.update(table, existing, values), isNew: false };
}

function refuseTakenKeys(
  records: Records,
  table: Table,
  values: Readonly<Record<string, ColumnValue>>,
  self: StoredRecord | undefined,
): void {
  for (const column of [table.primaryKey, ...table.alternateKeys]) {
    const value = values[column] ?? null;
    const holder = value === null ? undefined : records.findBy(table, column, String(value));
    if (holder === undefined || holder.id === self?.id) continue;
    if (column === table.primaryKey) {
      throw new ODataError(412, '0x80040237', 'A record with matching key values already exists.');
    }
    throw new ODataError(
      412,
      '0x80060892',
      `A record that has the attribute values ${column} already exists. The entity key requires that this set of attributes contains unique values. Select unique values and try again.`,
    );
  }
}
