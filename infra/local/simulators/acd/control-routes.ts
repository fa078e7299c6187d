import type { FastifyInstance } from 'fastify';
import * as z from '../../../../shared/zod.ts';
import { advanceSchema, answerControlErrors, changesSchema, readControl } from '../common/control-requests.ts';
import type { AcdSystem } from './acd-system.ts';
import { startCallSchema } from './calls.ts';
import type { EventMove } from './events.ts';
import { raiseSchema } from './outbound-requests.ts';

type ById = { Params: { id: string }; Querystring: { user?: string } };

const eventMoves: readonly EventMove[] = ['distribute', 'see', 'remind', 'finish', 'fail'];

const contactResultSchema = z.strictObject({ exportKey: z.string() });

/**
 * What happens in the jtel system without a call of its API, below `/_simulator`:
 *
 * - `POST /events/{id}/distribute`, `/see`, `/remind`, `/finish`, `/fail`: `?user=` names who gets the event.
 *   `POST /events/{id}/status/{statusId}`: any status.
 * - `POST /contacts/{id}/result` `{"exportKey"}`: the dialler called the contact.
 * - `POST /calls`: a call comes in. `POST /callbacks`, `POST /voicemails`: a caller asks for a callback or leaves a voice
 *   mail, which the ACD posts to `callbackUrl` or `voicemailUrl`; answers what became of it.
 * - `POST /token`: a new token, which is answered, takes the place of the old one.
 * - `POST /advance` `{"ms"}`: puts the clock forward.
 * - `PATCH /behaviour`: changes the named settings.
 */
export function registerControlRoutes(scope: FastifyInstance, acd: AcdSystem): void {
  answerControlErrors(scope);

  for (const move of eventMoves) {
    scope.post<ById>(`/events/:id/${move}`, async (request, reply) => {
      const { user } = request.query;
      acd.moveEvent(Number(request.params.id), move, user === undefined ? undefined : Number(user));
      return reply.code(204).send();
    });
  }
  scope.post<{ Params: { id: string; statusId: string } }>('/events/:id/status/:statusId', async (request, reply) => {
    acd.setEventStatus(Number(request.params.id), Number(request.params.statusId));
    return reply.code(204).send();
  });
  scope.post<ById>('/contacts/:id/result', async (request, reply) => {
    acd.finishContact(Number(request.params.id), readControl(contactResultSchema, request).exportKey);
    return reply.code(204).send();
  });
  scope.post('/calls', async (request, reply) =>
    reply.code(201).send(acd.calls.start(readControl(startCallSchema, request), acd.time.now())),
  );
  scope.post('/callbacks', async (request) => acd.outbound.raise('callback', readControl(raiseSchema, request)));
  scope.post('/voicemails', async (request) => acd.outbound.raise('voicemail', readControl(raiseSchema, request)));
  scope.post('/token', async () => ({ token: acd.regenerateToken() }));
  scope.post('/advance', async (request, reply) => {
    acd.time.advance(readControl(advanceSchema, request).ms);
    return reply.code(204).send();
  });
  scope.patch('/behaviour', async (request) => acd.behaviour.change(readControl(changesSchema, request)));
}
