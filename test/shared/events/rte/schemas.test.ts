import { expect, it } from 'vitest';
import * as schemas from '../../../../shared/events/rte/schemas.ts';
import { canonicalName, canonicalNameOf, events, everyEvent, helpers } from './samples.ts';

const { rteEvents } = schemas;

it('describes what the vendor documents', () => {
  expect(events).toHaveLength(41);
  expect(events.flatMap(({ fields }) => fields)).toHaveLength(413);
  expect(helpers.map(({ name }) => name)).toEqual([
    'QueueAttachedUser',
    'CallbackAttempt',
    'CallbackExtra',
    'CallbackRelatedItem',
  ]);
  expect(helpers.flatMap(({ fields }) => fields)).toHaveLength(15);
  expect(new Set(events.map(({ name }) => name.toLowerCase())).size).toBe(41);

  const count = (key: 'entity' | 'kind', value: string) => events.filter((event) => event[key] === value).length;
  expect([count('entity', 'user'), count('entity', 'queue'), count('entity', 'callList')]).toEqual([24, 12, 5]);
  expect([count('kind', 'snapshot'), count('kind', 'occurrence')]).toEqual([7, 34]);
});

it('has a schema of every event and helper, with every field', () => {
  const fieldsOf = (name: string) => {
    const schema = new Map<string, unknown>(Object.entries(schemas)).get(
      `${name[0]?.toLowerCase()}${name.slice(1)}Schema`,
    );
    return typeof schema === 'object' && schema !== null && 'shape' in schema ? Object.keys(Object(schema.shape)) : [];
  };

  for (const { name, fields } of events) {
    expect(fieldsOf(name)).toEqual([...fields, ...everyEvent].map(canonicalNameOf));
  }
  for (const { name, fields } of helpers) expect(fieldsOf(name)).toEqual(fields.map(canonicalNameOf));
});

it('defines every event with the names that its data has', () => {
  expect(rteEvents.map(({ schema: _, ...definition }) => definition)).toEqual(
    events.map((event) => ({
      name: event.name,
      entity: event.entity,
      kind: event.kind,
      orderingKey: canonicalName(event, event.orderingKey),
      entityIdField: canonicalName(event, event.entityIdField),
      versionField: canonicalName(event, event.versionField),
    })),
  );
});
