import * as z from '../zod.ts';

/** The spelling of every known key of a wire object, by its lower-cased form, and of the objects below it. */
export interface KeyTree {
  readonly byLowerCase: ReadonlyMap<string, { readonly name: string; readonly below: KeyTree | undefined }>;
}

/** Reads the known keys out of an object schema, through optional, nullable and array wrappers. */
export function keyTreeOf(schema: z.core.$ZodType): KeyTree | undefined {
  if (schema instanceof z.$ZodOptional || schema instanceof z.$ZodNullable) {
    return keyTreeOf(schema._zod.def.innerType);
  }
  if (schema instanceof z.$ZodArray) return keyTreeOf(schema._zod.def.element);
  if (!(schema instanceof z.$ZodObject)) return undefined;
  const entries = Object.entries(schema._zod.def.shape);
  return {
    byLowerCase: new Map(entries.map(([name, field]) => [name.toLowerCase(), { name, below: keyTreeOf(field) }])),
  };
}

/**
 * Spells the known keys of `value` as `tree` does, whatever casing they came in, and drops known keys that carry
 * nothing (`null`, an empty string), because the vendor means the same by all three. Unknown keys stay as they are.
 * When one key came in several casings, the canonical one wins, else the first.
 */
export function canonicaliseKeys(value: unknown, tree: KeyTree | undefined): unknown {
  if (tree === undefined) return value;
  if (Array.isArray(value)) return value.map((item) => canonicaliseKeys(item, tree));
  if (!isObject(value)) return value;
  const result = new Map<string, unknown>();
  for (const [key, raw] of Object.entries(value)) {
    const known = tree.byLowerCase.get(key.toLowerCase());
    if (known === undefined) {
      result.set(key, raw);
    } else if (carriesSomething(raw) && (key === known.name || !result.has(known.name))) {
      result.set(known.name, canonicaliseKeys(raw, known.below));
    }
  }
  return Object.fromEntries(result);
}

/** How many keys of `value` and below are not in `tree`: newer versions of the vendor's API show by it. */
export function countUnknownKeys(value: unknown, tree: KeyTree | undefined): number {
  if (tree === undefined) return 0;
  if (Array.isArray(value)) return value.reduce((sum: number, item) => sum + countUnknownKeys(item, tree), 0);
  if (!isObject(value)) return 0;
  return Object.entries(value).reduce((sum, [key, inner]) => {
    const known = tree.byLowerCase.get(key.toLowerCase());
    return sum + (known === undefined ? 1 : countUnknownKeys(inner, known.below));
  }, 0);
}

/** The JSON Pointer (RFC 6901) of `path` in the sender's own spelling of the keys. */
export function pointerInOriginal(original: unknown, path: readonly PropertyKey[]): string {
  let current = original;
  let pointer = '';
  for (const segment of path) {
    const key = isObject(current) ? originalKey(current, String(segment)) : String(segment);
    pointer += `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    current = Array.isArray(current) ? current[Number(segment)] : isObject(current) ? current[key] : undefined;
  }
  return pointer;
}

function originalKey(object: Readonly<Record<string, unknown>>, canonical: string): string {
  const spellings = Object.keys(object).filter((key) => key.toLowerCase() === canonical.toLowerCase());
  const read = spellings.filter((key) => carriesSomething(object[key]));
  if (read.includes(canonical)) return canonical;
  return read[0] ?? spellings[0] ?? canonical;
}

function carriesSomething(value: unknown): boolean {
  return value !== null && value !== '';
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
