import * as z from '../zod.ts';

/**
 * An object whose members may be spelt in any casing: EnreachAPI answers in PascalCase and its discovery in camelCase.
 * @param shape its members by their lower-cased names
 */
export function anyCase<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  return z.pipe(z.transform(lowerCaseKeys), z.looseObject(shape));
}

function lowerCaseKeys(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key.toLowerCase(), member]));
}
