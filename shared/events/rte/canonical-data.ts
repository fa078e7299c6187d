import type * as z from '../../zod.ts';
import { type KeyTree, keyTreeOf } from '../canonical-keys.ts';
import { sortedCopy } from './sorted-copy.ts';

/**
 * How the known fields of one kind of object may be spelt: a table of the usual spellings, so that a field costs one
 * look-up and no new text. (The walk that webhooks take, shared/events/canonical-keys.ts, costs several times as much,
 * which does not matter there but does at thousands of messages per second.)
 */
export interface FieldTable {
  readonly bySpelling: ReadonlyMap<string, KnownField>;
}

interface KnownField {
  readonly name: string;
  /** The fields of the objects in it, when it is a list of them. */
  readonly below: FieldTable | undefined;
}

export interface CanonicalData {
  readonly data: Record<string, unknown>;
  readonly unknownFields: number;
}

/** The table of an object schema. `synonyms`: other names in lower case, and the field that is meant. */
export function fieldTableOf(schema: z.core.$ZodType, synonyms: Readonly<Record<string, string>>): FieldTable {
  const tree = keyTreeOf(schema);
  return tree === undefined ? EMPTY : tableOf(tree, synonyms);
}

/** One table that knows the fields of all of `tables`. */
export function mergedTable(tables: readonly FieldTable[]): FieldTable {
  return { bySpelling: new Map(tables.flatMap((table) => [...table.bySpelling])) };
}

const EMPTY: FieldTable = { bySpelling: new Map() };

function tableOf(tree: KeyTree, synonyms: Readonly<Record<string, string>>): FieldTable {
  const bySpelling = new Map<string, KnownField>();
  for (const [lowerCase, { name, below }] of tree.byLowerCase) {
    const field = { name, below: below && tableOf(below, synonyms) };
    const others = Object.keys(synonyms).filter((synonym) => synonyms[synonym] === name);
    for (const spelling of [lowerCase, pascalCase(name), name, ...others]) bySpelling.set(spelling, field);
  }
  return { bySpelling };
}

function pascalCase(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}

/**
 * Names the known fields of `value` canonically, whatever their casing, and drops those that carry nothing (`null`,
 * an empty text). Unknown fields are kept, sorted, behind the known ones. When a field comes under several names, its
 * canonical one wins, else the first in alphabetical order; the others stay as unknown fields.
 * @throws TooDeepError
 */
export function canonicalData(value: Readonly<Record<string, unknown>>, table: FieldTable): CanonicalData {
  const named = nameFields(value, Object.keys(value), table);
  return named.isAmbiguous ? nameFields(value, keysByPreference(value, table), table) : named;
}

function keysByPreference(value: object, table: FieldTable): string[] {
  const isCanonical = (key: string) => Number(table.bySpelling.get(key)?.name === key);
  return Object.keys(value).sort((a, b) => isCanonical(b) - isCanonical(a) || (a < b ? -1 : 1));
}

/** The first of several spellings wins; the result is ambiguous then, unless `keys` are in order of preference. */
function nameFields(
  value: Readonly<Record<string, unknown>>,
  keys: readonly string[],
  table: FieldTable,
): CanonicalData & { readonly isAmbiguous: boolean } {
  const data: Record<string, unknown> = {};
  const others: string[] = [];
  let isAmbiguous = false;
  let unknownBelow = 0;
  for (const key of keys) {
    const field = table.bySpelling.get(key) ?? table.bySpelling.get(key.toLowerCase());
    if (field === undefined) {
      others.push(key);
      continue;
    }
    const raw = value[key];
    if (raw === null || raw === '') continue;
    if (Object.hasOwn(data, field.name)) {
      isAmbiguous = true;
      others.push(key);
    } else if (typeof raw !== 'object') {
      data[field.name] = raw;
    } else {
      const below = nameFieldsBelow(raw, field.below);
      data[field.name] = below.value;
      unknownBelow += below.unknownFields;
    }
  }
  if (others.length > 1) others.sort();
  for (const key of others) {
    const raw = value[key];
    // Assigning this key would not store it, and readers of events pass over it.
    if (key !== '__proto__') data[key] = typeof raw === 'object' ? sortedCopy(raw) : raw;
  }
  return { data, unknownFields: unknownBelow + others.length, isAmbiguous };
}

function nameFieldsBelow(raw: unknown, table: FieldTable | undefined): { value: unknown; unknownFields: number } {
  if (table === undefined || !Array.isArray(raw)) return { value: sortedCopy(raw), unknownFields: 0 };
  let unknownFields = 0;
  const value = raw.map((item) => {
    if (!isObject(item)) return sortedCopy(item);
    const below = canonicalData(item, table);
    unknownFields += below.unknownFields;
    return below.data;
  });
  return { value, unknownFields };
}

/** Whether a value is an object of JSON. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
