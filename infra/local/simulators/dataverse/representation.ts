import type { StoredRecord } from './records.ts';
import type { Table } from './tables.ts';

/** Weak and opaque, as every record of the Web API carries it. */
export function etagOf(record: StoredRecord): string {
  return `W/"${record.version}"`;
}

/** A record without context: selected columns, and always its primary key. */
export function representRow(
  record: StoredRecord,
  table: Table,
  select: readonly string[] | undefined,
): Record<string, unknown> {
  const names = select === undefined ? Object.keys(table.columns) : [...new Set([...select, table.primaryKey])];
  return {
    '@odata.etag': etagOf(record),
    ...Object.fromEntries(names.map((name) => [name, record.values[name] ?? null])),
  };
}

export function representRecord(
  record: StoredRecord,
  table: Table,
  select: readonly string[] | undefined,
  serviceRoot: string,
): Record<string, unknown> {
  return {
    '@odata.context': `${contextOf(table, select, serviceRoot)}/$entity`,
    ...representRow(record, table, select),
  };
}

export function representCollection(
  records: readonly StoredRecord[],
  table: Table,
  select: readonly string[] | undefined,
  serviceRoot: string,
): Record<string, unknown> {
  return {
    '@odata.context': contextOf(table, select, serviceRoot),
    value: records.map((record) => representRow(record, table, select)),
  };
}

function contextOf(table: Table, select: readonly string[] | undefined, serviceRoot: string): string {
  return `${serviceRoot}/$metadata#${table.entitySet}${select === undefined ? '' : `(${select.join(',')})`}`;
}
