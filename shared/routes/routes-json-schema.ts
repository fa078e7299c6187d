import * as z from '../zod.ts';
import { routesFileSchema } from './routes-schema.ts';

type JsonSchema = z.core.JSONSchema.BaseSchema;

/** What the published schema must know of a step. */
interface DescribedStep {
  readonly summary: string;
  readonly args: z.core.$ZodType;
}

/** A JSON Schema of routes.yaml for editors: the file's structure, and each step with its arguments. */
export function routesJsonSchema(steps: ReadonlyMap<string, DescribedStep>): JsonSchema {
  const file = z.toJSONSchema(routesFileSchema, { io: 'input' });
  const step = child(child(child(file, 'routes').items, 'do').items);
  const { with: _, ...rest } = step.properties ?? {};
  step.oneOf = [...steps]
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([name, { summary, args }]) => ({
      title: name,
      description: summary,
      type: 'object',
      properties: { ...rest, step: { const: name, description: summary }, with: argumentsSchema(args) },
      required: needsArguments(args) ? ['step', 'with'] : ['step'],
      additionalProperties: false,
    }));
  delete step.properties;
  delete step.required;
  delete step.additionalProperties;
  return { title: 'Routes of the Nimbus Event Bridge', ...file };
}

function argumentsSchema(args: z.core.$ZodType): JsonSchema {
  const { $schema: _, ...schema } = z.toJSONSchema(args, { io: 'input', unrepresentable: 'any' });
  return allowExpressionsBelow(schema);
}

function needsArguments(args: z.core.$ZodType): boolean {
  return !z.safeParse(args, {}).success;
}

const EXPRESSION = { type: 'string', pattern: '^=', description: 'A JSONata expression.' } as const;

/** Every value below a step's arguments may be an expression instead, in whichever alternative it stands. */
function allowExpressionsBelow(schema: JsonSchema): JsonSchema {
  const { properties, items, additionalProperties, anyOf } = schema;
  const inner: JsonSchema = { ...schema };
  if (properties) {
    inner.properties = Object.fromEntries(
      Object.entries(properties).map(([name, value]) => [name, isSchema(value) ? orExpression(value) : value]),
    );
  }
  if (isSchema(items)) inner.items = orExpression(items);
  if (isSchema(additionalProperties)) inner.additionalProperties = orExpression(additionalProperties);
  if (anyOf)
    inner.anyOf = anyOf.map((alternative) =>
      isSchema(alternative) ? allowExpressionsBelow(alternative) : alternative,
    );
  return inner;
}

function orExpression(schema: JsonSchema): JsonSchema {
  const { description, ...rest } = allowExpressionsBelow(schema);
  return { ...(description !== undefined && { description }), anyOf: [rest, EXPRESSION] };
}

function child(schema: unknown, property?: string): JsonSchema {
  const node = property === undefined ? schema : isSchema(schema) ? schema.properties?.[property] : undefined;
  if (!isSchema(node)) throw new Error(`the routes schema has no object at ${property ?? 'items'}`);
  return node;
}

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
