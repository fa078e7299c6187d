import * as fc from 'fast-check';
import description from '../../../../shared/events/rte/rte-events.json' with { type: 'json' };

/** The documented events, and the wire forms of their payloads, straight from the description. */
export const { events, helpers, synonyms, everyEvent } = description;
export type DescribedEvent = (typeof events)[number];
type Field = DescribedEvent['fields'][number];

export const ENTITY_ID = '5d0f8f3a-0c1e-4a55-9d7b-6f2f6f0e0a01';

/** `name` as events carry it. */
export function canonicalNameOf(field: Field): string {
  return new Map(Object.entries(synonyms)).get(field.wireName) ?? field.wireName;
}

export function canonicalName(event: DescribedEvent, documentedName: string | null): string | undefined {
  const field = event.fields.find(({ name }) => name === documentedName);
  return field && canonicalNameOf(field);
}

/** How a payload spells its fields. */
export type Spelling = 'wire' | 'documented' | 'canonical';

function spell(field: Field, spelling: Spelling): string {
  if (spelling === 'canonical') return canonicalNameOf(field);
  return spelling === 'wire' ? field.wireName : field.name;
}

/** A payload with every field, or only with those that may not be null. */
export function samplePayload(
  event: Pick<DescribedEvent, 'fields'>,
  spelling: Spelling,
  { hasNullable = true } = {},
): Record<string, unknown> {
  const fields = event.fields.filter(({ nullable }) => hasNullable || !nullable);
  return Object.fromEntries(
    fields.map((field, index) => [spell(field, spelling), sampleValue(field, index, spelling, hasNullable)]),
  );
}

function sampleValue({ name, type }: Field, index: number, spelling: Spelling, hasNullable: boolean): unknown {
  switch (type) {
    case 'Guid':
      return `00000000-0000-4000-8000-${String(index + 1).padStart(12, '0')}`;
    case 'DateTime':
      // As hubs write it, and as events carry it.
      return `2025-03-05T14:07:0${index % 10}.1234567${spelling === 'canonical' ? 'Z' : ''}`;
    case 'bool':
      return index % 2 === 0;
    case 'int':
    case 'short':
    case 'long':
      return index;
    case 'string':
      return `the ${name}`;
    default: {
      const helper = helperOf(type);
      return [samplePayload(helper, spelling, { hasNullable }), samplePayload(helper, spelling, { hasNullable })];
    }
  }
}

function helperOf(type: string): (typeof helpers)[number] {
  const helper = helpers.find(({ name }) => type === `List<${name}>`);
  if (helper === undefined) throw new Error(`no helper for ${type}`);
  return helper;
}

/** Any payload of an event in the usual wire form: fields that may be null are null, absent or filled. */
export function anyPayload({ fields }: Pick<DescribedEvent, 'fields'>): fc.Arbitrary<Record<string, unknown>> {
  return fc
    .tuple(...fields.map((field) => anyField(field)))
    .map((values) => Object.fromEntries(fields.map(({ wireName }, index) => [wireName, values[index]])));
}

function anyField({ type, nullable }: Field): fc.Arbitrary<unknown> {
  return nullable ? fc.option(anyValue(type)) : anyValue(type);
}

function anyValue(type: string): fc.Arbitrary<unknown> {
  switch (type) {
    case 'Guid':
      return fc.uuid();
    case 'DateTime':
      return fc
        .date({ min: new Date('0001-01-01T00:00:00Z'), max: new Date('9999-12-31T23:59:59Z'), noInvalidDate: true })
        .map((date) => date.toISOString().slice(0, -1));
    case 'bool':
      return fc.boolean();
    case 'int':
    case 'short':
    case 'long':
      return fc.integer();
    case 'string':
      return fc.string({ unit: 'grapheme' });
    default:
      return fc.array(anyPayload(helperOf(type)), { maxLength: 2 });
  }
}

/** A message of the hub as it looks on the wire. */
export function messageOf(eventName: string, data: unknown, entityId: unknown = ENTITY_ID): Record<string, unknown> {
  return { subscription: { entityId, eventName: eventName.toLowerCase() }, data };
}
