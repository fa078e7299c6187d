import type { FastifyInstance } from 'fastify';
import { isJsonMediaType, mediaTypeOf, parseJsonText, rawBodyOf } from '../common/request-body.ts';
import { readCreateEventRequest } from './create-event-request.ts';
import { type AcdRecord, AcdRefusal, fullList, shortList } from './envelopes.ts';
import type { AcdEvent, AcdEvents } from './events.ts';
import { type AcdGroup, acdEventStatus, acdEventTypes } from './seed.ts';

export interface EventRouteOptions {
  readonly events: AcdEvents;
  readonly groups: readonly AcdGroup[];
  /** A release that knows no group pairs, priorities and appointments. */
  readonly oldApi: boolean;
}

/** Events of the tenant. There is no call that changes, closes or deletes one. */
export function registerEventRoutes(scope: FastifyInstance, { events, groups, oldApi }: EventRouteOptions): void {
  scope.get('/acd/events', async () =>
    fullList(
      events.all().map((event) => represent(event, oldApi)),
      'dtCreated',
    ),
  );
  scope.get('/acd/events/types', async () =>
    fullList(
      acdEventTypes.map((type) => ({ ...type })),
      'ID',
    ),
  );
  scope.get('/acd/events/status', async () =>
    fullList(
      acdEventStatus.map((status) => ({ ...status })),
      'ID',
    ),
  );

  scope.get<{ Params: { id: string } }>('/acd/events/event/:id(^\\d+$)', async (request) => {
    const event = events.find(Number(request.params.id));
    if (event === undefined) throw new AcdRefusal(404, 'AcdEvent not found');
    return shortList([represent(event, oldApi)]);
  });

  scope.post('/acd/events/create', async (request) => {
    if (!isJsonMediaType(mediaTypeOf(request.headers['content-type']))) {
      throw new AcdRefusal(415, 'Content-Type must be application/json');
    }
    const wanted = readCreateEventRequest(parseJsonText(rawBodyOf(request)), { groups, oldApi });
    const { event, isUpdate } = events.create(wanted);
    return shortList([{ ...represent(event, oldApi), ...(isUpdate ? { Result_: 'UPDATED' } : {}) }]);
  });
}

/** The published part of an event's wide database row. The body is not in it. */
function represent({ id, request, ...event }: AcdEvent, oldApi: boolean): AcdRecord {
  return {
    ID: id,
    AcdEventTypesID: request.typeId,
    AcdEventStatusID: event.statusId,
    ...request.target,
    UsersID: request.usersId,
    Sender: request.sender,
    Receiver: request.receiver,
    Subject: request.subject,
    CrmURL: request.crmUrl,
    UserData: request.userData,
    ChatConnectorsID: null,
    SkillsValue1: null,
    SkillsValue2: null,
    ...(oldApi ? {} : { nPriority: request.priority, dtAppointment: event.appointment }),
    dtCreated: event.createdAt,
    dtLastModified: event.modifiedAt,
  };
}
