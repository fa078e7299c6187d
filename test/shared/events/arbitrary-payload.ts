import * as fc from 'fast-check';
import type { ObjectShape, Shape } from '../../helpers/published-definition.ts';

/** Any body of this shape: each property there or not, filled with a value that says something. */
export function anyPayload(shape: ObjectShape): fc.Arbitrary<Record<string, unknown>> {
  const properties = Object.entries(shape.properties).map(([name, below]) => [name, anyValue(below)] as const);
  return fc.record(Object.fromEntries(properties), { requiredKeys: [], noNullPrototype: true });
}

function anyValue(shape: Shape): fc.Arbitrary<unknown> {
  switch (shape.kind) {
    case 'object':
      return anyPayload(shape);
    case 'array':
      return fc.array(anyValue(shape.items), { maxLength: 3 });
    case 'integer':
      return fc.integer();
    case 'boolean':
      return fc.boolean();
    case 'string':
      return fc.string({ minLength: 1, unit: 'grapheme' });
  }
}

/** A task id or scheduler-entry id. */
export const anySubject = fc.string({ minLength: 1, maxLength: 256 });

/** What a vendor may call an event. */
export const anyEventName = fc
  .string({ maxLength: 100, unit: 'grapheme' })
  .map((name) => `${name}A`.slice(-100))
  .filter((name) => /[\p{L}\p{N}]/u.test(name));
