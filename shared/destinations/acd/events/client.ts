import { PermanentError } from '../../../errors.ts';
import * as z from '../../../zod.ts';
import { type AcdConnection, bodyFor, onlyRecord } from '../connection.ts';
import {
  type AcdEvent,
  type AcdKey,
  acdEventSchema,
  acdKeySchema,
  type CreatedEvent,
  type CreateEventBody,
  createdEventSchema,
  createEventBody,
} from './schemas.ts';

/** Events: callbacks, e-mails, tickets and so on that wait for agents. The API can't change or close them. */
export interface EventOperations {
  /** The whole list, which only grows: jtel offers neither a filter nor pages. */
  listEvents(): Promise<readonly AcdEvent[]>;
  /** Undefined when there is none. */
  getEvent(eventId: number): Promise<AcdEvent | undefined>;
  /**
   * A new event, or an older one with `Result_` `UPDATED`, where the group takes no duplicates. Undefined when the answer
   * does not show it.
   */
  createEvent(event: CreateEventBody): Promise<CreatedEvent | undefined>;
  listEventTypes(): Promise<readonly AcdKey[]>;
  listEventStatuses(): Promise<readonly AcdKey[]>;
  /** Id of an event type by its ShortText, with or without `AcdEventTypes.` before it. @throws PermanentError */
  eventTypeId(shortText: string): Promise<number>;
}

export function eventOperations({ call, records }: AcdConnection): EventOperations {
  let types: Promise<ReadonlyMap<string, number>> | undefined;

  const listEventTypes = () => records('listEventTypes', acdKeySchema);

  async function loadTypes(): Promise<ReadonlyMap<string, number>> {
    return new Map((await listEventTypes()).map(({ ID, ShortText }) => [typeKey(ShortText), ID]));
  }

  async function knownTypes(): Promise<ReadonlyMap<string, number>> {
    types ??= loadTypes();
    try {
      return await types;
    } catch (error) {
      types = undefined;
      throw error;
    }
  }

  return {
    listEvents: () => records('listEvents', acdEventSchema),
    getEvent: (eventId) => onlyRecord(records('getEvent', acdEventSchema, { eventId })),
    async createEvent(event) {
      const body = bodyFor('createEvent', createEventBody, event);
      return z.safeParse(createAnswer, await call('createEvent', {}, body)).data?.records[0];
    },
    listEventTypes,
    listEventStatuses: () => records('listEventStatuses', acdKeySchema),
    async eventTypeId(shortText) {
      // Types can be added at any time, so a list from an earlier call does not prove that one is missing.
      const isListKept = types !== undefined;
      let known = await knownTypes();
      if (isListKept && !known.has(typeKey(shortText))) {
        types = undefined;
        known = await knownTypes();
      }
      const id = known.get(typeKey(shortText));
      if (id !== undefined) return id;
      throw new PermanentError(`jtel ACD has no such event type; it has ${[...known.keys()].join(', ')}`);
    },
  };
}

const createAnswer = z.looseObject({ records: z.array(createdEventSchema) });

/** A type's ShortText as it is compared: `callback`. */
export function typeKey(shortText: string): string {
  return shortText.toLowerCase().replace(/^acdeventtypes\./, '');
}
