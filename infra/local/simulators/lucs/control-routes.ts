import type { FastifyInstance } from 'fastify';
import * as z from '../../../../shared/zod.ts';
import { advanceSchema, answerControlErrors, changesSchema, readControl } from '../common/control-requests.ts';
import { agentChangesSchema } from './agents.ts';
import type { CallbackMove, LucsSystem } from './lucs-system.ts';

type ById = { Params: { id: string }; Querystring: { agent?: string } };

const callbackMoves: readonly CallbackMove[] = ['queue', 'distribute', 'accept', 'decline', 'answer', 'fail'];

const notInitializedSchema = z.strictObject({ ms: z.int().check(z.nonnegative()) });

/**
 * What happens at LUCS without a call of its API, below `/_simulator`. Tasks and callbacks are named by their id or
 * external id, agents by their SIP address:
 *
 * - `POST /tasks/{id}/distribute`, `/confirm`, `/decline`, `/timeout`: `?agent=` names who gets the offer.
 * - `POST /callbacks/{id}/queue`, `/distribute`, `/accept`, `/decline`, `/answer`, `/fail`.
 * - `PATCH /agents/{sip}`: `selectable`, `agentAssistant`, `onRona`.
 * - `POST /advance` `{"ms"}`: puts the clock forward and does what falls due.
 * - `POST /not-initialized` `{"ms"}`: for so long LUCS refuses everything.
 * - `PATCH /behaviour`: changes the named settings.
 */
export function registerControlRoutes(scope: FastifyInstance, lucs: LucsSystem): void {
  answerControlErrors(scope);

  const taskMoves: Readonly<Record<string, (id: string, agent?: string) => void>> = {
    distribute: (id, agent) => lucs.distributeTask(id, agent),
    confirm: (id) => lucs.confirmTask(id),
    decline: (id) => lucs.endOfferOfTask(id),
    timeout: (id) => lucs.endOfferOfTask(id),
  };
  for (const [name, move] of Object.entries(taskMoves)) {
    scope.post<ById>(`/tasks/:id/${name}`, async (request, reply) => {
      move(request.params.id, request.query.agent);
      return reply.code(204).send();
    });
  }
  for (const move of callbackMoves) {
    scope.post<ById>(`/callbacks/:id/${move}`, async (request, reply) => {
      lucs.moveCallback(request.params.id, move, request.query.agent);
      return reply.code(204).send();
    });
  }

  scope.patch<ById>('/agents/:id', async (request, reply) => {
    lucs.settle();
    lucs.agents.change(request.params.id, readControl(agentChangesSchema, request));
    return reply.code(204).send();
  });
  scope.post('/advance', async (request, reply) => {
    lucs.advance(readControl(advanceSchema, request).ms);
    return reply.code(204).send();
  });
  scope.post('/not-initialized', async (request, reply) => {
    lucs.notInitialized(readControl(notInitializedSchema, request).ms);
    return reply.code(204).send();
  });
  scope.patch('/behaviour', async (request) => {
    lucs.settle();
    return lucs.behaviour.change(readControl(changesSchema, request));
  });
}
