import type { FastifyInstance } from 'fastify';
import type { AcdSystem } from './acd-system.ts';
import { readCreateEventRequest } from './create-event-request.ts';
import { type AcdRecord, AcdRefusal, fullList, shortList } from './envelopes.ts';
import type { AcdEvent } from './events.ts';
import { readJson } from './read-request.ts';
import { acdEventStatus, acdEventTypes } from './seed.ts';

/** Events of the tenant. There is no call that changes, closes or deletes one. */
export function registerEventRoutes(scope: FastifyInstance, { events, groups, behaviour }: AcdSystem): void {
  const represented = (event: AcdEvent) => represent(event, behaviour.current.oldApi);

  scope.get('/acd/events', async () => fullList(events.all().map(represented), 'dtCreated'));
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
    return shortList([represented(event)]);
  });

  scope.post('/acd/events/create', async (request) => {
    const wanted = readCreateEventRequest(readJson(request), { groups, ...behaviour.current });
    const { event, isUpdate } = events.create(wanted);
    return shortList([{ ...represented(event), ...(isUpdate ? { Result_: 'UPDATED' } : {}) }]);
  });
}

/** The published part of an event's wide database row. The body is not in it. */
function represent({ id, request, ...event }: AcdEvent, oldApi: boolean): AcdRecord {
  return {
    ID: id,
    AcdEventTypesID: request.typeId,
    AcdEventStatusID: event.statusId,
    ...request.target,
    UsersID: event.usersId,
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
