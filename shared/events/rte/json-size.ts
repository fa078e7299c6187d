/** A control character takes six, such as `\\u0001`; no other takes more than three in UTF-8. */
const MAX_CHARACTER_BYTES = 6;

/** `-1.2345678901234567e-308`, a literal such as `false`, or the brackets of a list or object, and a comma. */
const MAX_SCALAR_BYTES = 26;

/** The quotes of a text, and what separates it from the next. */
const QUOTES_BYTES = 4;

/** So many bytes a JSON value takes at most in UTF-8, mostly far less: cheaper to know than its JSON. */
export function jsonBytesAtMost(value: unknown): number {
  if (typeof value === 'string') return QUOTES_BYTES + MAX_CHARACTER_BYTES * value.length;
  if (typeof value !== 'object' || value === null) return MAX_SCALAR_BYTES;
  let bytes = MAX_SCALAR_BYTES;
  if (Array.isArray(value)) {
    for (const item of value) bytes += jsonBytesAtMost(item);
  } else {
    for (const [key, item] of Object.entries(value)) {
      bytes += QUOTES_BYTES + MAX_CHARACTER_BYTES * key.length + jsonBytesAtMost(item);
    }
  }
  return bytes;
}
