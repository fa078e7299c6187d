/**
 * Field types of jtel's records, which are rows of wide tables: everything but the id may be absent or null, and types
 * change between resources.
 */
import * as z from '../../../zod.ts';

function readAs<Read extends z.ZodMiniType>(convert: (value: unknown) => unknown, read: Read) {
  return z.pipe(z.transform(convert), read);
}

const toInteger = (value: unknown) => (typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? Number(value) : value);

const flags = new Map<unknown, boolean>([
  [0, false],
  [1, true],
  ['0', false],
  ['1', true],
  ['false', false],
  ['true', true],
]);

/** Primary key. */
export const recordId = readAs(toInteger, z.int());

export const integer = z.nullish(readAs(toInteger, z.int()));

export const text = z.nullish(readAs((value) => (typeof value === 'number' ? String(value) : value), z.string()));

/** A boolean, which the list of calls gives as 0 or 1. */
export const flag = z.nullish(readAs((value) => flags.get(value) ?? value, z.boolean()));
