import { compileFilter } from './filter.ts';
import { noSuchProperty, notSimulated, ODataError } from './odata-error.ts';
import type { StoredRecord } from './records.ts';
import type { Table } from './tables.ts';

export interface QueryOptions {
  /** Columns to return; undefined for all. */
  readonly select: readonly string[] | undefined;
  readonly matches: (record: StoredRecord) => boolean;
  readonly top: number;
}

/** Rows of one answer when the caller sets no limit (Microsoft: "Query data using the Web API"). */
const pageSize = 5_000;

/**
 * Reads `$select`, `$filter` and `$top`. Names are case-sensitive. Other system query options answer 501, other names
 * are ignored.
 */
export function readQueryOptions(query: unknown, table: Table): QueryOptions {
  const options = new Map(Object.entries(query ?? {}).map(([name, value]) => [name, String(value)]));
  const known = ['$select', '$filter', '$top'];
  for (const name of options.keys()) {
    if (name.startsWith('$') && !known.includes(name)) throw notSimulated(`the query option ${name}`);
  }
  const filter = options.get('$filter');
  return {
    select: readSelect(options.get('$select'), table),
    matches: filter === undefined ? () => true : compileFilter(filter, table),
    top: readTop(options.get('$top')),
  };
}

function readSelect(select: string | undefined, table: Table): string[] | undefined {
  if (select === undefined) return undefined;
  const names = select.split(',').map((name) => name.trim());
  for (const name of names) {
    if (!Object.hasOwn(table.columns, name)) throw noSuchProperty(table.logicalName, name);
  }
  return names;
}

function readTop(top: string | undefined): number {
  if (top === undefined) return pageSize;
  if (!/^\d+$/.test(top)) {
    throw new ODataError(
      400,
      '0x0',
      `Invalid value '${top}' for $top query option found. The $top query option requires a non-negative integer value.`,
    );
  }
  return Math.min(Number(top), pageSize);
}
