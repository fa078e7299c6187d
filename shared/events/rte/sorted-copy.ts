/** What no JSON reader or writer downstream has to bear: deeper values could overflow a stack where it hurts more. */
const MAX_DEPTH = 64;

/** A value is nested too deeply to be passed on as it is. */
export class TooDeepError extends Error {
  override readonly name = 'TooDeepError';
}

/**
 * A copy of a JSON value with the keys of all objects in order, so that equal values are written equally. What JSON
 * can't say becomes `null`.
 * @throws TooDeepError
 */
export function sortedCopy(value: unknown, depth = MAX_DEPTH): unknown {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      return Number.isFinite(value) ? value : null;
    case 'object': {
      if (value === null) return null;
      if (depth === 0) throw new TooDeepError('nested too deeply');
      if (Array.isArray(value)) return value.map((item) => sortedCopy(item, depth - 1));
      return sortedRecord(value, depth - 1);
    }
    default:
      return null;
  }
}

/** As sortedCopy, for an object. @throws TooDeepError */
export function sortedRecord(value: object, depth = MAX_DEPTH): Record<string, unknown> {
  // Not by assignment: that would not store the key `__proto__`.
  return Object.fromEntries(sortedEntries(value).map(([key, inner]) => [key, sortedCopy(inner, depth)]));
}

/** The members of an object by their keys, in the order of code units. */
export function sortedEntries(value: object): [key: string, value: unknown][] {
  return Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
}
