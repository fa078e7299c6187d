import description from '../../../../shared/events/rte/rte-events.json' with { type: 'json' };
import * as z from '../../../../shared/zod.ts';

const fieldSchema = z.object({
  /** As documented, in PascalCase. */
  name: z.string(),
  /** As expected in JSON, in camelCase. */
  wireName: z.string(),
  type: z.string(),
  nullable: z.boolean(),
});
const eventSchema = z.object({
  name: z.string(),
  entity: z.enum(['user', 'queue', 'callList']),
  entityIdField: z.nullable(z.string()),
  fields: z.array(fieldSchema),
});
const descriptionSchema = z.object({
  events: z.array(eventSchema),
  helpers: z.array(z.object({ name: z.string(), fields: z.array(fieldSchema) })),
});

export type EventField = z.infer<typeof fieldSchema>;
export type EventDescription = z.infer<typeof eventSchema>;

const { events, helpers } = descriptionSchema.parse(description);

/** The documented events, in the order of the documentation. */
export const documentedEvents: readonly EventDescription[] = events;

export const documentedEventNames: readonly string[] = events.map(({ name }) => name);

const eventByLowerCaseName = new Map(events.map((event) => [event.name.toLowerCase(), event]));
const fieldsOfHelper = new Map(helpers.map(({ name, fields }) => [name, fields]));

/** Whatever the name's casing; undefined for an event that is not documented. */
export function findEvent(name: string): EventDescription | undefined {
  return eventByLowerCaseName.get(name.toLowerCase());
}

/** The fields of the items of a `List<…>`; undefined for other types. */
export function itemFieldsOf(type: string): readonly EventField[] | undefined {
  const helper = /^List<(\w+)>$/.exec(type)?.[1];
  return helper === undefined ? undefined : fieldsOfHelper.get(helper);
}
