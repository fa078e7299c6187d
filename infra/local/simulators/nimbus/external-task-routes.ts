import type { FastifyInstance } from 'fastify';
import * as z from '../../../../shared/zod.ts';
import type { Behaviour } from '../common/behaviour.ts';
import type { Account } from './account.ts';
import type { NimbusBehaviour } from './behaviour.ts';
import { describeService } from './directory.ts';
import { distributionPriorityField } from './distribution-priority.ts';
import { readBody } from './read-body.ts';
import { NimbusRefusal, notFound } from './refusal.ts';
import {
  contextParametersSchema,
  customerSchema,
  preferredUsersSchema,
  usablePreferredUsers,
} from './task-information.ts';
import { isAnonymous } from './task-payload.ts';
import { openTask } from './task-routes.ts';
import type { NimbusTask, Tasks } from './tasks.ts';

export interface ExternalTaskRouteOptions {
  readonly tasks: Tasks;
  readonly account: Account;
  readonly behaviour: Behaviour<NimbusBehaviour>;
  readonly now: () => number;
}

/** `ExternalTaskWriteDto` of the published definition. */
const externalTaskSchema = z.object({
  serviceUpn: z.string(),
  customerIdentifier: z.optional(z.string()),
  customer: z.optional(customerSchema),
  customContextParameters: z.optional(contextParametersSchema),
  distributionPriority: distributionPriorityField,
  preferredUsers: z.optional(preferredUsersSchema),
});

/**
 * Adding and removing external tasks. An added one is taken through its workflow into the queue at once; that its id is
 * the webhook's `taskId` is an assumption, as is `None` for its direction.
 */
export function registerExternalTaskRoutes(scope: FastifyInstance, options: ExternalTaskRouteOptions): void {
  const { tasks, account, behaviour, now } = options;

  scope.post('/v1/ExternalTasks', async (request) => {
    account.require('tasks');
    const { serviceUpn, customerIdentifier, distributionPriority, ...given } = readBody(request, externalTaskSchema);
    account.requireService('externalTask', serviceUpn);
    const information =
      given.preferredUsers === undefined
        ? given
        : { ...given, preferredUsers: usablePreferredUsers(given.preferredUsers) };
    const open = tasks.all().filter(isExternal).filter(isOpen);
    if (open.length >= behaviour.current.maxExternalTasks) {
      throw new NimbusRefusal(400, 'The tenant has reached its number of concurrent external tasks.');
    }
    const about = customerIdentifier === undefined ? {} : { customerIdentifier };
    const atMs = now();
    const task = tasks.create({ serviceUpn, modality: 'ExternalTask', direction: 'None', about, information }, atMs);
    tasks.accept(task, atMs);
    tasks.queue(task, atMs);
    return represent(task);
  });

  scope.delete<{ Params: { externalTaskId: string } }>('/v1/ExternalTasks/:externalTaskId', async (request, reply) => {
    account.require('tasks');
    const found = tasks.find(request.params.externalTaskId);
    if (found !== undefined && !isExternal(found)) throw notFound('external task');
    const task = openTask(found, behaviour);
    account.requireService('externalTask', task.serviceUpn);
    if (task.ringingUserUpn !== null || task.lastConnectedUserUpn !== null) {
      throw new NimbusRefusal(400, 'The external task is already assigned to a user and cannot be removed.');
    }
    tasks.terminate(task, now());
    return reply.code(200).send();
  });
}

function isExternal({ modality }: NimbusTask): boolean {
  return modality === 'ExternalTask';
}

function isOpen({ state }: NimbusTask): boolean {
  return state !== 'Terminated';
}

/** `ExternalTaskWriteResult`; what `type` holds is not published. */
function represent(task: NimbusTask): Record<string, unknown> {
  return {
    id: task.id,
    modality: task.modality,
    created: new Date(task.createdAtMs).toISOString(),
    type: 'ExternalTask',
    isAnonymous: isAnonymous(task),
    ...describeService(task.serviceUpn),
    preferredUsers: task.information.preferredUsers ?? [],
  };
}
