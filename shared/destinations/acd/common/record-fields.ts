/**
 * Field types of jtel's records, which are rows of wide tables: everything but the id may be absent or null, and types
 * change between resources. A detail that can't be read counts as absent, so that it never hides its record.
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

/** A whole number that must be there. */
export const wholeNumber = readAs(toInteger, z.int());

/** Primary key. */
export const recordId = wholeNumber;

/** What may be absent, and is when it can't be read. */
export function detail<Read extends z.ZodMiniType>(read: Read) {
  return z.catch(z.nullish(read), undefined);
}

export const integer = detail(wholeNumber);

export const text = detail(readAs((value) => (typeof value === 'number' ? String(value) : value), z.string()));

/** A boolean, which the list of calls gives as 0 or 1. */
export const flag = detail(readAs((value) => flags.get(value) ?? value, z.boolean()));
