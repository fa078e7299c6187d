import { asJsonObject } from '../common/request-body.ts';
import { noSuchId, noSuchKey, ODataError } from './odata-error.ts';
import { readAddress, resolveAddress } from './record-address.ts';
import type { ColumnValue, Records } from './records.ts';
import type { Column, Table } from './tables.ts';

const bindSuffix = '@odata.bind';

/**
 * Reads the body of a create or update: columns by their logical names, lookups by `<navigation property>@odata.bind`.
 *
 * An unknown property, a value of the wrong type, an option that does not exist and an overlong text answer 400; a
 * lookup to a record that does not exist 404. Read-only columns are ignored, and so is `statecode` on create.
 */
export function readPayload(
  body: unknown,
  table: Table,
  { records, isCreate }: { records: Records; isCreate: boolean },
): Record<string, ColumnValue> {
  const fields = asJsonObject(body);
  if (fields === undefined) throw payloadError(table, 'The payload is not a JSON object.');
  const values: Record<string, ColumnValue> = {};
  for (const [name, value] of fields) {
    if (name.endsWith(bindSuffix)) {
      const property = name.slice(0, -bindSuffix.length);
      const navigation = Object.hasOwn(table.navigation, property) ? table.navigation[property] : undefined;
      if (navigation === undefined) throw undeclared(table, property);
      values[navigation.column] = readLink(value, navigation.entitySet, table, records);
    } else if (!name.startsWith('@')) {
      const column = Object.hasOwn(table.columns, name) ? table.columns[name] : undefined;
      if (column === undefined) throw invalidProperty(table, name);
      const checked = readValue(name, value, column, table);
      const isIgnored = column.access === 'read-only' || (isCreate && column.access === 'not-on-create');
      if (!isIgnored) values[name] = checked;
    }
  }
  return values;
}

/** `/contacts(guid)`, without the slash, or as an absolute address; null clears the lookup. */
function readLink(value: unknown, entitySet: string, table: Table, records: Records): string | null {
  if (value === null) return null;
  if (typeof value !== 'string') throw payloadError(table, 'The value of an odata.bind annotation must be a text.');
  const address = readAddress(decodeOrKeep(value.slice(value.lastIndexOf('/') + 1)));
  if (address.key === undefined || address.table.entitySet !== entitySet) {
    throw payloadError(table, `The odata.bind annotation does not point to a record of '${entitySet}'.`);
  }
  const target = resolveAddress(records, address);
  if (target !== undefined) return target.id;
  const { logicalName, primaryKey } = address.table;
  throw address.key.column === primaryKey ? noSuchId(logicalName, address.key.value) : noSuchKey(logicalName);
}

function decodeOrKeep(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function readValue(name: string, value: unknown, column: Column, table: Table): ColumnValue {
  if (value === null) return null;
  if (!isOfType(value, column)) {
    throw payloadError(table, `Cannot convert the literal '${String(value)}' to the expected type '${column.type}'.`);
  }
  if (typeof value === 'string' && value.length > (column.maxLength ?? Number.POSITIVE_INFINITY)) {
    throw new ODataError(
      400,
      '0x80044331',
      `A validation error occurred. The length of the '${name}' attribute of the '${table.logicalName}' entity exceeded the maximum allowed length of '${column.maxLength}'.`,
    );
  }
  if (typeof value === 'number' && column.options?.includes(value) === false) {
    throw new ODataError(
      400,
      '0x8004431a',
      `A validation error occurred. The value ${value} of '${name}' on record of type '${table.logicalName}' is outside the valid range. Accepted Values: ${column.options.join(',')}`,
    );
  }
  return column.type === 'Edm.Guid' && typeof value === 'string' ? value.toLowerCase() : value;
}

function isOfType(value: unknown, { type }: Column): value is Exclude<ColumnValue, null> {
  if (type === 'Edm.Boolean') return typeof value === 'boolean';
  if (type === 'Edm.Int32') return typeof value === 'number' && Number.isInteger(value) && Math.abs(value) < 2 ** 31;
  if (typeof value !== 'string') return false;
  if (type === 'Edm.Guid') return /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(value);
  if (type === 'Edm.String') return true;
  return (
    /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/.test(value) &&
    !Number.isNaN(Date.parse(value))
  );
}

function invalidProperty(table: Table, name: string): ODataError {
  const type = `Microsoft.Dynamics.CRM.${table.logicalName}`;
  return new ODataError(
    400,
    '0x0',
    `An error occurred while validating input parameters: Microsoft.Crm.CrmException: Invalid property '${name}' was found in entity '${type}'.`,
  );
}

function undeclared(table: Table, property: string): ODataError {
  return payloadError(
    table,
    `An undeclared property '${property}' which only has property annotations in the payload but no property value was found in the payload.`,
  );
}

function payloadError(table: Table, reason: string): ODataError {
  return new ODataError(
    400,
    '0x80048d19',
    `Error identified in Payload provided by the user for Entity :'${table.entitySet}' ----> InnerException : ${reason}`,
  );
}
