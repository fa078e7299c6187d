import { readFileSync } from 'node:fs';
import * as z from '../../shared/zod.ts';

/** A JSON schema with its references followed. */
export type JsonSchema = Readonly<Record<string, unknown>>;

export interface PublishedOperation {
  readonly id: string;
  readonly method: string;
  /** With `{names}` in it. */
  readonly path: string;
  readonly pathNames: readonly string[];
  readonly queryNames: readonly string[];
  /** Undefined when the operation takes none. Objects take no keys but the described ones. */
  readonly body: JsonSchema | undefined;
  /** As documented: `default` among them. */
  readonly statuses: readonly string[];
  /** What comes with the documented success, if it is described. */
  readonly answer: JsonSchema | undefined;
  readonly success: number;
}

const record = z.record(z.string(), z.unknown());

const parameterSchema = z.looseObject({
  name: z.string(),
  in: z.enum(['path', 'query', 'body']),
  schema: z.optional(record),
});

const operationSchema = z.looseObject({
  operationId: z.string(),
  parameters: z._default(z.array(parameterSchema), []),
  responses: z.record(z.string(), z.looseObject({ schema: z.optional(record) })),
});

const definition = z
  .looseObject({ paths: z.record(z.string(), z.record(z.string(), z.unknown())), definitions: record })
  .parse(JSON.parse(readFileSync(new URL('../fixtures/nimbus/connector.swagger.json', import.meta.url), 'utf8')));

/** Every operation of the published Nimbus connector definition. */
export const publishedOperations: readonly PublishedOperation[] = Object.entries(definition.paths).flatMap(
  ([path, methods]) =>
    Object.entries(methods)
      // The definition also notes here what a webhook carries.
      .filter(([method]) => !method.startsWith('x-'))
      .map(([method, operation]) => toOperation(path, method, operation)),
);

function toOperation(path: string, method: string, given: unknown): PublishedOperation {
  const { operationId: id, parameters, responses } = operationSchema.parse(given);
  const named = (place: string) => parameters.filter((parameter) => parameter.in === place).map(({ name }) => name);
  const statuses = Object.keys(responses);
  const success = statuses.find((status) => status.startsWith('2')) ?? '';
  const body = parameters.find((parameter) => parameter.in === 'body')?.schema;
  const answer = responses[success]?.schema;
  return {
    id,
    method: method.toUpperCase(),
    path,
    pathNames: named('path'),
    queryNames: named('query'),
    body: body && closed(body),
    statuses,
    answer: answer && closed(answer),
    success: Number(success),
  };
}

/** Follows references, and lets objects have no other keys than those described. */
function closed(schema: JsonSchema): JsonSchema {
  const reference = z.safeParse(z.string(), schema.$ref).data?.replace('#/definitions/', '');
  if (reference !== undefined) return closed(record.parse(definition.definitions[reference]));
  const { properties, items } = z
    .looseObject({ properties: z.optional(z.record(z.string(), record)), items: z.optional(record) })
    .parse(schema);
  const closedProperties =
    properties && Object.fromEntries(Object.entries(properties).map(([name, below]) => [name, closed(below)]));
  return {
    ...schema,
    ...(closedProperties && { properties: closedProperties, additionalProperties: false }),
    ...(items && { items: closed(items) }),
  };
}

/** Every key that a schema describes, from the top, with `0` for the first item of a list. */
export function keysOf(schema: JsonSchema, above = ''): string[] {
  if (schema.items !== undefined) return keysOf(record.parse(schema.items), `${above}/0`);
  return Object.entries(record.parse(schema.properties ?? {})).flatMap(([name, below]) => {
    const key = `${above}/${name}`;
    return [key, ...keysOf(record.parse(below), key)];
  });
}

/** Every key that a value has, in the same notation; of lists, those of the first item. */
export function keysIn(value: unknown, above = ''): string[] {
  if (Array.isArray(value)) return value.length === 0 ? [] : keysIn(value[0], `${above}/0`);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, below]) => [`${above}/${name}`, ...keysIn(below, `${above}/${name}`)]);
}

/** A value with every key that a schema describes. */
export function sampleOf(schema: JsonSchema, name = ''): unknown {
  if (schema.type === 'object') {
    const properties = record.parse(schema.properties);
    return Object.fromEntries(
      Object.entries(properties).map(([key, below]) => [key, sampleOf(record.parse(below), key)]),
    );
  }
  if (schema.type === 'array') return [sampleOf(record.parse(schema.items), name)];
  if (schema.type === 'integer') return schema.minimum ?? 7;
  if (schema.type === 'boolean') return true;
  return `the ${name}`;
}
