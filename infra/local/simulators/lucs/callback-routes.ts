import type { FastifyInstance } from 'fastify';
import { type CallbackRepresentation, representCallback } from './callback-representation.ts';
import type { LucsCallback } from './callbacks.ts';
import { readCreateCallbackRequest } from './create-callback-request.ts';
import { invalid } from './fields.ts';
import type { LucsSystem } from './lucs-system.ts';
import { queryValue, readJson } from './read-request.ts';
import { LucsRefusal } from './refusal.ts';
import { searchCallbacks } from './search-callbacks.ts';

type ById = { Params: { id: string } };

/** Creating, reading, finding and cancelling callback requests. Every success is 200. */
export function registerCallbackRoutes(scope: FastifyInstance, lucs: LucsSystem): void {
  const represent = (callback: LucsCallback): CallbackRepresentation =>
    representCallback(callback, lucs.time.now(), lucs.behaviour.current.dates);
  const existing = (callback: LucsCallback | undefined, status?: 404): LucsCallback => {
    if (callback === undefined) throw new LucsRefusal('NotFound', 'The callback was not found.', status);
    return callback;
  };

  scope.post('/v1.0/callbacks', async (request) => {
    const nowMs = lucs.time.now();
    const { services } = lucs;
    const wanted = readCreateCallbackRequest(readJson(request), { services, nowMs });
    return represent(lucs.callbacks.create(wanted.request, wanted.service, nowMs));
  });

  scope.get('/v1.0/callbacks', async (request) => {
    const externalTaskId = queryValue(request, 'externalTaskId');
    if (externalTaskId === undefined) throw invalid('externalTaskId is required.');
    return represent(existing(lucs.callbacks.find(externalTaskId)));
  });

  scope.get<ById>('/v1.0/callbacks/:id', async (request) =>
    represent(existing(lucs.callbacks.findById(request.params.id))),
  );

  scope.post('/v1.0/callbacks/search', async (request) =>
    searchCallbacks(
      readJson(request),
      lucs.callbacks.present().map((callback) => ({ callback, representation: represent(callback) })),
    ),
  );

  scope.post<ById>('/v1.0/callbacks/:id/cancel', async (request, reply) => {
    lucs.callbacks.cancel(existing(lucs.callbacks.findById(request.params.id), 404), lucs.time.now());
    return reply.code(200).send();
  });
}
