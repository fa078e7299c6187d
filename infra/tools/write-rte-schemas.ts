import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import * as z from '../../shared/zod.ts';
import { appFolder } from './build.ts';

/**
 * Writes the schemas of the RTE events from their description:
 * `node --import tsx infra/tools/write-rte-schemas.ts [file]`.
 */
const folder = resolve(appFolder, 'shared/events/rte');
const published = resolve(folder, 'schemas.ts');

const field = z.strictObject({
  name: z.string(),
  wireName: z.string(),
  type: z.string(),
  nullable: z.boolean(),
});
const description = z.strictObject({
  about: z.array(z.string()),
  synonyms: z.record(z.string(), z.string()),
  everyEvent: z.array(field),
  events: z.array(
    z.strictObject({
      name: z.string(),
      entity: z.enum(['user', 'queue', 'callList']),
      kind: z.enum(['snapshot', 'occurrence']),
      orderingKey: z.string(),
      entityIdField: z.nullable(z.string()),
      versionField: z.nullable(z.string()),
      fields: z.array(field),
    }),
  ),
  helpers: z.array(z.strictObject({ name: z.string(), fields: z.array(field) })),
});
type Field = z.infer<typeof field>;
type Event = z.infer<typeof description>['events'][number];

const { synonyms, everyEvent, events, helpers } = description.parse(
  JSON.parse(readFileSync(resolve(folder, 'rte-events.json'), 'utf8')),
);

const FIELD_TYPES: Readonly<Record<string, string>> = {
  string: 'text',
  bool: 'flag',
  int: 'integer',
  short: 'integer',
  long: 'long',
  Guid: 'guid',
  DateTime: 'dateTime',
  any: 'anything',
};

const path = process.argv[2] ?? published;
writeFileSync(path, formatted(source()));
console.log(`wrote ${path}`);

function source(): string {
  return `/** Written by infra/tools/write-rte-schemas.ts from rte-events.json: change that file, not this one. */
import * as z from '../../zod.ts';
import type { RteEventDefinition } from './event-definition.ts';
import { ${fieldTypesInUse().join(', ')} } from './field-types.ts';

${helpers.map(({ name, fields }) => schemaOf(name, fields)).join('\n')}
${events.map((event) => schemaOf(event.name, [...event.fields, ...everyEvent], event)).join('\n')}
/** Every documented event. */
export const rteEvents: readonly RteEventDefinition[] = [${events.map(definitionOf).join(', ')}];

/** Other names of fields, in lower case, and the name that events carry. */
export const rteSynonyms: Readonly<Record<string, string>> = ${JSON.stringify(lowerCaseSynonyms())};
`;
}

function schemaOf(name: string, fields: readonly Field[], event?: Event): string {
  const members = fields.map((each) => `${canonicalName(each)}: ${typeOf(each, event)}`);
  return `
export const ${schemaName(name)} = z.looseObject({ ${members.join(', ')} });
export type ${name} = z.infer<typeof ${schemaName(name)}>;
`;
}

/** The ordering key is the one field that an event can't be read without, unless the vendor says it may be null. */
function typeOf({ name, type, nullable }: Field, event?: Event): string {
  if (name === event?.orderingKey && !nullable) return 'requiredGuid';
  const helper = /^List<(\w+)>$/.exec(type)?.[1];
  if (helper !== undefined) return `z.optional(z.array(${schemaName(helper)}))`;
  const known = FIELD_TYPES[type];
  if (known === undefined) throw new Error(`rte-events.json: "${type}" of "${name}" is not a type known here`);
  return known;
}

function definitionOf(event: Event): string {
  const { name, entity, kind } = event;
  const reference = (field: string | null) => (field === null ? 'undefined' : `'${canonicalNameIn(event, field)}'`);
  return `{
    name: '${name}',
    entity: '${entity}',
    kind: '${kind}',
    orderingKey: ${reference(event.orderingKey)},
    entityIdField: ${reference(event.entityIdField)},
    versionField: ${reference(event.versionField)},
    schema: ${schemaName(name)},
  }`;
}

function canonicalNameIn(event: Event, name: string): string {
  const found = event.fields.find((each) => each.name === name);
  if (found === undefined) throw new Error(`rte-events.json: "${event.name}" has no field "${name}"`);
  return canonicalName(found);
}

function canonicalName({ wireName }: Field): string {
  return synonyms[wireName] ?? wireName;
}

/** Synonyms that differ in more than casing: casing never matters when a payload is read. */
function lowerCaseSynonyms(): Record<string, string> {
  const entries = Object.entries(synonyms).map(([from, to]) => [from.toLowerCase(), to] as const);
  return Object.fromEntries(entries.filter(([from, to]) => from !== to.toLowerCase()));
}

function fieldTypesInUse(): string[] {
  const ofHelpers = helpers.flatMap(({ fields }) => fields.map((each) => typeOf(each)));
  const ofEvents = events.flatMap((event) => [...event.fields, ...everyEvent].map((each) => typeOf(each, event)));
  const names = new Set([...ofHelpers, ...ofEvents].filter((type) => !type.startsWith('z.')));
  return [...names].sort();
}

function schemaName(name: string): string {
  return `${name.charAt(0).toLowerCase()}${name.slice(1)}Schema`;
}

/** As `npm run check` wants the published file to be. */
function formatted(code: string): string {
  const biome = createRequire(import.meta.url).resolve('@biomejs/biome/bin/biome');
  const args = [biome, 'format', `--stdin-file-path=${published}`];
  return execFileSync(process.execPath, args, { cwd: appFolder, input: code, encoding: 'utf8' });
}
