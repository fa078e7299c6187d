import type { FastifyInstance } from 'fastify';
import * as z from '../../../../shared/zod.ts';
import { advanceSchema, answerControlErrors, changesSchema, readControl } from '../common/control-requests.ts';
import { roleSchema } from './account.ts';
import { raiseRequestSchema } from './callbacks.ts';
import { startTaskSchema } from './start-task-request.ts';
import { taskMoveSchema } from './task-moves.ts';
import type { NimbusTenant } from './tenant.ts';

type ById = { Params: { id: string } };

/**
 * What happens at Nimbus without a call of its API, below `/_simulator`:
 *
 * - `POST /raise`: a payload to every trigger that wants it; answers what each callback answered.
 * - `POST /tasks`, `POST /tasks/{id}/moves`: a task arrives, and is moved on.
 * - `POST /advance` `{"ms"}`: puts the clock forward and does what falls due. `POST /settle`: waits for all callbacks.
 * - `PATCH /behaviour`: changes the named settings.
 * - `PUT` and `DELETE` of `/roles/{role}` and of `/visible/{service UPN or address book id}`: the account's rights.
 */
export function registerControlRoutes(scope: FastifyInstance, tenant: NimbusTenant): void {
  answerControlErrors(scope);

  scope.post('/raise', async (request) => tenant.callbacks.raise(readControl(raiseRequestSchema, request)));
  scope.post('/tasks', async (request, reply) => {
    const task = tenant.startTask(readControl(startTaskSchema, request));
    return reply.code(201).send(task);
  });
  scope.post<ById>('/tasks/:id/moves', async (request) =>
    tenant.moveTask(request.params.id, readControl(taskMoveSchema, request)),
  );
  scope.post('/advance', async (request, reply) => {
    tenant.advance(readControl(advanceSchema, request).ms);
    return reply.code(204).send();
  });
  scope.post('/settle', async (_request, reply) => {
    await tenant.callbacks.settle();
    return reply.code(204).send();
  });
  scope.patch('/behaviour', async (request) => tenant.behaviour.change(readControl(changesSchema, request)));

  scope.put<ById>('/roles/:id', async (request, reply) => {
    tenant.account.grantRole(z.parse(roleSchema, request.params.id));
    return reply.code(204).send();
  });
  scope.delete<ById>('/roles/:id', async (request, reply) => {
    tenant.account.removeRole(z.parse(roleSchema, request.params.id));
    return reply.code(204).send();
  });
  scope.put<ById>('/visible/:id', async (request, reply) => {
    tenant.account.show(request.params.id);
    return reply.code(204).send();
  });
  scope.delete<ById>('/visible/:id', async (request, reply) => {
    tenant.account.hide(request.params.id);
    return reply.code(204).send();
  });
}
