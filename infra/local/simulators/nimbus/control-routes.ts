import type { FastifyInstance } from 'fastify';
import * as z from '../../../../shared/zod.ts';
import { refuseControl } from '../common/inspection-routes.ts';
import { asJsonObject, parseJsonText, rawBodyOf } from '../common/request-body.ts';
import { roleSchema } from './account.ts';
import { raiseRequestSchema } from './callbacks.ts';
import { startTaskSchema } from './start-task-request.ts';
import { taskMoveSchema } from './task-moves.ts';
import type { NimbusTenant } from './tenant.ts';

const advanceSchema = z.strictObject({ ms: z.int().check(z.nonnegative()) });

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
  scope.setErrorHandler((error, _request, reply) =>
    refuseControl(reply, error instanceof Error ? error.message : String(error)),
  );

  scope.post('/raise', async (request) =>
    tenant.callbacks.raise(read(raiseRequestSchema, parseJsonText(rawBodyOf(request)))),
  );
  scope.post('/tasks', async (request, reply) => {
    const task = tenant.startTask(read(startTaskSchema, parseJsonText(rawBodyOf(request) || '{}')));
    return reply.code(201).send(task);
  });
  scope.post<ById>('/tasks/:id/moves', async (request) =>
    tenant.moveTask(request.params.id, read(taskMoveSchema, parseJsonText(rawBodyOf(request)))),
  );
  scope.post('/advance', async (request, reply) => {
    tenant.advance(read(advanceSchema, parseJsonText(rawBodyOf(request))).ms);
    return reply.code(204).send();
  });
  scope.post('/settle', async (_request, reply) => {
    await tenant.callbacks.settle();
    return reply.code(204).send();
  });
  scope.patch('/behaviour', async (request) => {
    const changes = asJsonObject(parseJsonText(rawBodyOf(request)));
    if (changes === undefined) throw new Error('The body must be a JSON object of settings.');
    return tenant.behaviour.change(Object.fromEntries(changes));
  });

  scope.put<ById>('/roles/:id', async (request, reply) => {
    tenant.account.grantRole(read(roleSchema, request.params.id));
    return reply.code(204).send();
  });
  scope.delete<ById>('/roles/:id', async (request, reply) => {
    tenant.account.removeRole(read(roleSchema, request.params.id));
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

/** Throws an Error that lists what is wrong. */
function read<T>(schema: z.core.$ZodType<T>, value: unknown): T {
  const parsed = z.safeParse(schema, value);
  if (!parsed.success) throw new Error(z.prettifyError(parsed.error));
  return parsed.data;
}
