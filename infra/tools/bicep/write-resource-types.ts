import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import * as z from '../../../shared/zod.ts';
import { appFolder } from '../build.ts';
import { type Deployed, deploy, type RuntimeRead } from './deploy.ts';
import { parameterFiles, publishedTypesFile } from './files.ts';
import type { ObjectShape, PublishedTypes, Shape } from './resource-types.ts';
import { isList, isObject, type Value } from './values.ts';

/**
 * Writes what Azure publishes about the resource types that the templates use, from a checkout of
 * https://github.com/Azure/bicep-types-az: `node --import tsx infra/tools/bicep/write-resource-types.ts <checkout>`.
 */

const reference = z.pipe(
  z.object({ $ref: z.string() }),
  z.transform(({ $ref }) => Number($ref.replace('#/', ''))),
);
const flagged = z.object({ type: reference, flags: z.number() });
const property = z.record(z.string(), flagged);
const entry = z.discriminatedUnion('$type', [
  z.object({ $type: z.literal(['StringType', 'IntegerType', 'BooleanType', 'AnyType', 'NullType', 'BuiltInType']) }),
  z.object({ $type: z.literal('StringLiteralType'), value: z.string() }),
  z.object({ $type: z.literal('UnionType'), elements: z.array(reference) }),
  z.object({ $type: z.literal('ArrayType'), itemType: reference }),
  z.object({ $type: z.literal('ObjectType'), properties: property, additionalProperties: z.optional(reference) }),
  z.object({
    $type: z.literal('DiscriminatedObjectType'),
    discriminator: z.string(),
    baseProperties: property,
    elements: z.record(z.string(), reference),
  }),
  z.object({ $type: z.literal('ResourceType'), name: z.string(), body: reference }),
  z.object({ $type: z.literal(['ResourceFunctionType', 'FunctionType']) }),
]);
type Entry = z.infer<typeof entry>;

/** What makes the parameter files deploy all that they can. */
const RELAY_TOO = { DEPLOY_RELAY: 'true', SERVICE_RELAY_IMAGE_NAME: 'registry.example.com/relay:1.0.0' };

const REQUIRED = 1;
const READ_ONLY = 2;

const [checkout] = process.argv.slice(2);
if (checkout === undefined) {
  console.error('Give the path of a checkout of https://github.com/Azure/bicep-types-az.');
  process.exitCode = 1;
} else {
  mkdirSync(dirname(publishedTypesFile), { recursive: true });
  writeFileSync(publishedTypesFile, `${JSON.stringify(collect(checkout), null, 1)}\n`);
}

function collect(folder: string): PublishedTypes {
  const git = (...args: string[]) => execFileSync('git', ['-C', folder, ...args], { maxBuffer: 2 ** 30 }).toString();
  const places = git('ls-tree', '-r', '--name-only', 'HEAD', 'generated/').split('\n');
  const deployments = parameterFiles.map((file) => deploy(resolve(appFolder, file), { environment: RELAY_TOO }));
  const resources = deployments.flatMap((each) => each.resources);
  const reads = deployments.flatMap((each) => each.runtimeReads);
  const keys = [...new Set(resources.map(({ type, apiVersion }) => `${type}@${apiVersion}`))].sort();
  const types = keys.map((key): [string, Shape] => {
    const [type = '', apiVersion] = key.split('@');
    const ending = `/${type.split('/')[0]?.toLowerCase()}/${apiVersion}/types.json`;
    // Several services publish under one provider, each in a file of its own.
    for (const place of places.filter((each) => each.endsWith(ending))) {
      const entries = z.parse(z.array(entry), JSON.parse(git('show', `HEAD:${place}`)));
      const found = entries.find(
        (each) => each.$type === 'ResourceType' && each.name.toLowerCase() === key.toLowerCase(),
      );
      if (found?.$type === 'ResourceType') return [key, shapeOf(entries, found.body, examples(resources, reads, key))];
    }
    throw new Error(`${key} is not published`);
  });
  return {
    source: 'https://github.com/Azure/bicep-types-az',
    commit: git('rev-parse', 'HEAD').trim(),
    committedAt: git('show', '-s', '--format=%cI', 'HEAD').trim(),
    note: 'Written by infra/tools/bicep/write-resource-types.ts; of the MIT-licensed definitions only what the templates touch.',
    types: Object.fromEntries(types),
  };
}

/** What the deployed resources of one type hold; a property that is only read counts as well. */
function examples(resources: readonly Deployed[], reads: readonly RuntimeRead[], key: string): Value[] {
  const isOfType = ({ type, apiVersion }: Deployed | RuntimeRead) => `${type}@${apiVersion}` === key;
  return [
    ...resources.filter(isOfType).map(({ name, body }): Value => ({ name, ...body })),
    ...reads.filter(isOfType).map((): Value => ({ properties: {} })),
  ];
}

function shapeOf(entries: readonly Entry[], at: number, values: readonly Value[]): Shape {
  const found = entries[at];
  switch (found?.$type) {
    case 'StringType':
      return 'string';
    case 'IntegerType':
      return 'number';
    case 'BooleanType':
      return 'boolean';
    case 'StringLiteralType':
      return { oneOf: [found.value] };
    case 'UnionType':
      return unionShape(entries, found.elements, values);
    case 'ArrayType':
      return { list: shapeOf(entries, found.itemType, values.filter(isList).flat()) };
    case 'ObjectType': {
      const objects = values.filter(isObject);
      return objects.length === 0
        ? 'not looked at'
        : objectShape(entries, found.properties, found.additionalProperties, objects);
    }
    case 'DiscriminatedObjectType': {
      const { discriminator, baseProperties, elements } = found;
      const objects = values.filter(isObject);
      const used = Object.entries(elements).filter(([name]) => objects.some((each) => each[discriminator] === name));
      const variants = used.map(([name, element]): [string, Shape] => {
        const own = entries[element];
        const properties = { ...baseProperties, ...(own?.$type === 'ObjectType' && own.properties) };
        const examples = objects.filter((each) => each[discriminator] === name);
        return [name, objectShape(entries, properties, undefined, examples)];
      });
      return variants.length === 0 ? 'not looked at' : { by: discriminator, variants: Object.fromEntries(variants) };
    }
    default:
      return 'anything';
  }
}

function unionShape(entries: readonly Entry[], elements: readonly number[], values: readonly Value[]): Shape {
  const literals = elements.flatMap((at) => {
    const each = entries[at];
    return each?.$type === 'StringLiteralType' ? [each.value] : [];
  });
  if (literals.length === 0) return shapeOf(entries, elements[0] ?? -1, values);
  return { oneOf: literals };
}

function objectShape(
  entries: readonly Entry[],
  properties: z.infer<typeof property>,
  others: number | undefined,
  values: readonly { readonly [name: string]: Value }[],
): ObjectShape {
  const all = Object.entries(properties);
  const having = (flag: number) => {
    const names = all.filter(([, { flags }]) => (flags & flag) !== 0).map(([name]) => name);
    return names.length === 0 ? undefined : names;
  };
  const shapes = all.map(([name, { type, flags }]): [string, Shape] => [
    name,
    flags & READ_ONLY
      ? 'anything'
      : shapeOf(
          entries,
          type,
          values.map((each) => each[name] ?? null),
        ),
  ]);
  const ofOthers =
    others === undefined
      ? undefined
      : shapeOf(
          entries,
          others,
          values.flatMap((each) => Object.values(each)),
        );
  return {
    properties: Object.fromEntries(shapes),
    required: having(REQUIRED),
    readOnly: having(READ_ONLY),
    others: ofOthers,
  };
}
