import * as z from '../../../shared/zod.ts';
import type { Deployed, RuntimeRead } from './deploy.ts';
import { isList, isObject, type Value } from './values.ts';

/** What Azure publishes about the value of a property; as much of it as the deployed resources touch. */
export type Shape =
  | 'string'
  | 'number'
  | 'boolean'
  | 'anything'
  /** There is more to it, but no resource had a value here when the file was written. */
  | 'not looked at'
  /** Azure says of nearly every such list that there may be other values; here they count as slips. */
  | { readonly oneOf: readonly string[] }
  | { readonly list: Shape }
  | ObjectShape
  | { readonly by: string; readonly variants: Readonly<Record<string, Shape>> };

export interface ObjectShape {
  readonly properties: Readonly<Record<string, Shape>>;
  readonly required?: readonly string[] | undefined;
  readonly readOnly?: readonly string[] | undefined;
  /** Of properties with names of the user's own. */
  readonly others?: Shape | undefined;
}

const names = z.optional(z.array(z.string()));
const shape: z.ZodMiniType<Shape> = z.lazy(() =>
  z.union([
    z.enum(['string', 'number', 'boolean', 'anything', 'not looked at']),
    z.strictObject({ oneOf: z.array(z.string()) }),
    z.strictObject({ list: shape }),
    z.strictObject({
      properties: z.record(z.string(), shape),
      required: names,
      readOnly: names,
      others: z.optional(shape),
    }),
    z.strictObject({ by: z.string(), variants: z.record(z.string(), shape) }),
  ]),
);

const publishedTypes = z.strictObject({
  source: z.string(),
  commit: z.string(),
  committedAt: z.string(),
  note: z.string(),
  /** By type and API version, such as `Microsoft.Web/sites@2025-03-01`. */
  types: z.record(z.string(), shape),
});
export type PublishedTypes = z.infer<typeof publishedTypes>;

/** @throws Error when the file has another form */
export function readPublishedTypes(text: string): PublishedTypes {
  return z.parse(publishedTypes, JSON.parse(text));
}

/** What is wrong with a resource, compared with what Azure publishes about its type and API version. */
export function checkResource(resource: Deployed, { types }: PublishedTypes): string[] {
  const key = `${resource.type}@${resource.apiVersion}`;
  const published = types[key];
  const about = `${resource.at}: ${resource.type} ${resource.name}`;
  if (published === undefined) return [`${about}: there is no ${key} among the published types`];
  const body = { name: resource.name, ...resource.body };
  return compare(body, published, '').map((problem) => `${about}: ${problem}`);
}

/** Whether Azure gives a property that the files read. */
export function checkRuntimeRead({ type, apiVersion, path, at }: RuntimeRead, { types }: PublishedTypes): string[] {
  let current = types[`${type}@${apiVersion}`];
  for (const name of path) {
    current = typeof current === 'object' && 'properties' in current ? current.properties[name] : undefined;
  }
  return current === undefined ? [`${at}: ${type}@${apiVersion} has no ${path.join('.')}`] : [];
}

function compare(value: Value, published: Shape, path: string): string[] {
  const at = path === '' ? 'the resource' : path.slice(1);
  // Azure takes null for a property that is not there.
  if (value === null || published === 'anything') return [];
  if (published === 'not looked at') return [`${at}: not covered yet: write the published types anew`];
  if (typeof published === 'string') {
    return typeof value === published ? [] : [`${at}: ${published} is expected, not ${JSON.stringify(value)}`];
  }
  if ('oneOf' in published) {
    if (typeof value !== 'string') return [`${at}: text is expected`];
    return published.oneOf.includes(value)
      ? []
      : [`${at}: ${JSON.stringify(value)} is none of ${published.oneOf.join(', ')}`];
  }
  if ('list' in published) {
    if (!isList(value)) return [`${at}: a list is expected`];
    return value.flatMap((each, index) => compare(each, published.list, `${path}[${index}]`));
  }
  if (!isObject(value)) return [`${at}: an object is expected`];
  if ('by' in published) {
    const variant = published.variants[String(value[published.by])];
    return variant === undefined ? [`${at}: no such ${published.by}`] : compare(value, variant, path);
  }
  const { properties, required = [], readOnly = [], others } = published;
  return [
    ...required.flatMap((name) => ((value[name] ?? null) === null ? [`${at}: "${name}" is missing`] : [])),
    ...Object.entries(value).flatMap(([name, each]) => {
      if (readOnly.includes(name)) return [`${at}: "${name}" can only be read`];
      const known = Object.hasOwn(properties, name) ? properties[name] : others;
      return known === undefined ? [`${at}: there is no "${name}"`] : compare(each, known, `${path}.${name}`);
    }),
  ];
}
