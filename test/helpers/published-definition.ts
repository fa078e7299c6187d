import { readFileSync } from 'node:fs';
import * as z from '../../shared/zod.ts';

/** A schema of the vendor's published definition with its references followed. */
export type Shape =
  | { readonly kind: 'object'; readonly properties: Readonly<Record<string, Shape>> }
  | { readonly kind: 'array'; readonly items: Shape }
  | { readonly kind: 'string' | 'integer' | 'boolean' };

export type ObjectShape = Extract<Shape, { kind: 'object' }>;

const schema = z.union([
  z.object({ $ref: z.string() }),
  z.object({
    type: z.literal('object'),
    get properties() {
      return z.record(z.string(), schema);
    },
  }),
  z.object({
    type: z.literal('array'),
    get items() {
      return schema;
    },
  }),
  z.object({ type: z.enum(['string', 'integer', 'boolean']) }),
]);

const definitionsSchema = z.object({ definitions: z.record(z.string(), z.unknown()) });

const { definitions } = definitionsSchema.parse(
  JSON.parse(readFileSync(new URL('../fixtures/nimbus/connector.swagger.json', import.meta.url), 'utf8')),
);

/** A body that the published Nimbus connector definition describes. */
export function publishedObject(name: 'TaskEventData' | 'SchedulerEntryEventData'): ObjectShape {
  const shape = follow(definitions[name]);
  if (shape.kind !== 'object') throw new Error(`${name} is no object in the published definition`);
  return shape;
}

function follow(definition: unknown): Shape {
  const parsed = schema.parse(definition);
  if ('$ref' in parsed) return follow(definitions[parsed.$ref.replace('#/definitions/', '')]);
  if (parsed.type === 'array') return { kind: 'array', items: follow(parsed.items) };
  if (parsed.type !== 'object') return { kind: parsed.type };
  const entries = Object.entries(parsed.properties).map(([name, below]) => [name, follow(below)] as const);
  return { kind: 'object', properties: Object.fromEntries(entries) };
}

/** One place in a body: its keys from the top, with `0` for the first item of a list. */
export interface Place {
  readonly keys: readonly string[];
  readonly shape: Shape;
}

/** Every property of a shape, those of objects below it and of items of lists included. */
export function placesOf(shape: Shape, keys: readonly string[] = []): Place[] {
  if (shape.kind === 'array') return placesOf(shape.items, [...keys, '0']);
  if (shape.kind !== 'object') return [];
  return Object.entries(shape.properties).flatMap(([name, below]) => [
    { keys: [...keys, name], shape: below },
    ...placesOf(below, [...keys, name]),
  ]);
}

/** A body with nothing in it but `value` at `keys`. */
export function valueAt(keys: readonly string[], value: unknown): unknown {
  return keys.reduceRight<unknown>((below, key) => (key === '0' ? [below] : { [key]: below }), value);
}
