import type { FastifyInstance } from 'fastify';
import type { Behaviour } from '../common/behaviour.ts';
import { rawBodyOf } from '../common/request-body.ts';
import type { Account } from './account.ts';
import type { NimbusBehaviour } from './behaviour.ts';
import { readBody } from './read-body.ts';
import { NimbusRefusal, notFound } from './refusal.ts';
import { mergeInformation, taskInformationSchema, usablePreferredUsers } from './task-information.ts';
import type { NimbusTask, Tasks } from './tasks.ts';

export interface TaskRouteOptions {
  readonly tasks: Tasks;
  readonly account: Account;
  readonly behaviour: Behaviour<NimbusBehaviour>;
}

/** `UpdateTask`. The body is declared optional: without one nothing changes. */
export function registerTaskRoutes(scope: FastifyInstance, { tasks, account, behaviour }: TaskRouteOptions): void {
  scope.put<{ Params: { taskId: string } }>('/v1/tasks/:taskId', async (request, reply) => {
    account.require('tasks');
    const given = rawBodyOf(request) === '' ? undefined : readBody(request, taskInformationSchema);
    const task = openTask(tasks.find(request.params.taskId), behaviour);
    account.requireService('task', task.serviceUpn);
    if (given === undefined) return reply.code(200).send();
    const usable =
      given.preferredUsers === undefined
        ? given
        : { ...given, preferredUsers: usablePreferredUsers(given.preferredUsers) };
    const replaces = behaviour.current.updateTask === 'replace';
    tasks.inform(task, replaces ? usable : mergeInformation(task.information, usable));
    return reply.code(200).send();
  });
}

/** Throws a refusal for a task that never was or is over; which one the second gets is not documented. */
export function openTask(task: NimbusTask | undefined, behaviour: Behaviour<NimbusBehaviour>): NimbusTask {
  if (task === undefined) throw notFound('task');
  if (task.state !== 'Terminated') return task;
  if (behaviour.current.endedTask === 'notFound') throw notFound('task');
  throw new NimbusRefusal(400, 'The task is no longer in progress.');
}
