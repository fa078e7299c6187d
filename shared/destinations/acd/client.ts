import { PermanentError } from '../../errors.ts';
import * as z from '../../zod.ts';
import { createHttpClient, type HttpAnswer, type HttpRequest } from '../http-client.ts';
import type { DestinationRuntime } from '../runtime.ts';
import { type AcdEvent, acdEventSchema, acdEventTypeSchema, recordsOf } from './schemas.ts';

export interface AcdOptions extends DestinationRuntime {
  /** With `/rest/v1.0/{ClientsID}`. */
  readonly baseUrl: string;
  readonly token: string;
}

/** Body of "Create AcdEvent", spelt as on the wire. */
export interface AcdCreateEvent {
  readonly AcdEventTypesID: number;
  readonly AcdGroupsID?: number;
  readonly AcdConfigurationGroupsID?: number;
  readonly AcdAgentGroupsID?: number;
  readonly UsersID?: number;
  readonly Sender: string;
  readonly Receiver?: string;
  readonly Subject: string;
  readonly Body?: string;
  readonly CrmURL?: string;
  readonly UserData?: string;
  readonly nPriority?: number;
  readonly dtAppointmentDate?: string;
  readonly dtAppointmentTime?: string;
}

/** The part of the jtel ACD REST API that deals with events. */
export interface AcdClient {
  createEvent(event: AcdCreateEvent): Promise<AcdEvent>;
  /** The whole list, which only grows: jtel offers neither a filter nor pages. */
  listEvents(): Promise<readonly AcdEvent[]>;
  /** Id of an event type by its ShortText, with or without `AcdEventTypes.` before it. @throws PermanentError */
  eventTypeId(shortText: string): Promise<number>;
}

export function createAcdClient({ token, ...options }: AcdOptions): AcdClient {
  const send = createHttpClient({
    ...options,
    destination: 'jtel ACD',
    credentials: { headers: async () => ({ authorization: `Bearer ${token}` }) },
    errorCode,
  });
  let types: Promise<ReadonlyMap<string, number>> | undefined;

  async function records<Item extends z.ZodMiniType>(request: HttpRequest, item: Item): Promise<z.output<Item>[]> {
    const answer = await send(request);
    const parsed = z.safeParse(recordsOf(item), answer.body);
    if (!parsed.success) throw new PermanentError(`jtel ACD answered "${request.operation}" without usable records`);
    return parsed.data.records;
  }

  async function loadTypes(): Promise<ReadonlyMap<string, number>> {
    const request = { method: 'GET', path: '/acd/events/types', operation: 'list event types' } as const;
    return new Map((await records(request, acdEventTypeSchema)).map(({ ID, ShortText }) => [typeKey(ShortText), ID]));
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
    async createEvent(event) {
      const operation = 'create event';
      const [created] = await records(
        { method: 'POST', path: '/acd/events/create', body: event, operation },
        acdEventSchema,
      );
      if (created === undefined)
        throw new PermanentError(`jtel ACD took "${operation}", but answered without a record`);
      return created;
    },
    listEvents: () => records({ method: 'GET', path: '/acd/events', operation: 'list events' }, acdEventSchema),
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

function typeKey(shortText: string): string {
  return shortText.toLowerCase().replace(/^acdeventtypes\./, '');
}

/** jtel tells two kinds of 404 apart by the body alone; three faults share its 401. */
function errorCode({ status, body }: HttpAnswer): string | undefined {
  if (status === 404)
    return body === undefined ? 'no such route: check ACD_BASE_URL and the release' : 'no such object';
  return status === 401 ? 'token, ClientsID, or their pairing' : undefined;
}
