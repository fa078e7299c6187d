import * as fc from 'fast-check';

/** Decides letter by letter, so that any casing of any word can come out. */
export type Casing = (word: string) => string;

/** Any casing of the letters a–z: upper case wherever the drawn bits say so, round and round. */
export const anyCasing: fc.Arbitrary<Casing> = fc.array(fc.boolean(), { minLength: 7, maxLength: 61 }).map((bits) => {
  let at = 0;
  const next = () => bits[at++ % bits.length] ?? false;
  return (word) => word.replace(/[a-z]/gi, (letter) => (next() ? letter.toUpperCase() : letter.toLowerCase()));
});

/** Spells the keys for which `isKnown` holds as `casing` does, at every level below such keys. */
export function recase(object: object, casing: Casing, isKnown: (key: string) => boolean): Record<string, unknown> {
  const below = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(below);
    return typeof value === 'object' && value !== null ? recase(value, casing, isKnown) : value;
  };
  return Object.fromEntries(
    Object.entries(object).map(([key, value]) => (isKnown(key) ? [casing(key), below(value)] : [key, value])),
  );
}
