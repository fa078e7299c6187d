import type { FastifyInstance, FastifyRequest } from 'fastify';
import { isJsonMediaType, mediaTypeOf, parseJsonText, rawBodyOf } from '../common/request-body.ts';
import { readCreateTaskRequest } from './create-task-request.ts';
import { LucsRefusal } from './refusal.ts';
import type { LucsService } from './seed.ts';
import { representTask } from './task-representation.ts';
import type { LucsTask, LucsTasks } from './tasks.ts';

export interface TaskRouteOptions {
  readonly tasks: LucsTasks;
  readonly services: readonly LucsService[];
  readonly clock: () => number;
  /** The use-case page shows a read task as an array of one, the reference page as an object. */
  readonly getTaskAsArray: boolean;
}

type TaskRequest = FastifyRequest<{ Params: { taskIdentifier: string } }>;

/** Creating, reading and moving external tasks. Every success is 200; creation answers the bare id. */
export function registerTaskRoutes(scope: FastifyInstance, options: TaskRouteOptions): void {
  const { tasks, services, clock } = options;
  const taskOf = (request: TaskRequest, status?: 404): LucsTask => {
    const task = tasks.find(request.params.taskIdentifier);
    if (task === undefined) throw new LucsRefusal('NotFound', 'The task was not found.', status);
    return task;
  };

  scope.post('/v1.0/tasks', async (request, reply) => {
    if (!isJsonMediaType(mediaTypeOf(request.headers['content-type']))) return reply.code(415).send();
    const wanted = readCreateTaskRequest(parseJsonText(rawBodyOf(request)));
    const service = services.find(({ Id }) => Id === wanted.service.toLowerCase());
    if (service === undefined) throw new LucsRefusal('InvalidArgument', 'The service does not exist.');
    const task = tasks.create(wanted, service);
    return reply.type('application/json; charset=utf-8').send(JSON.stringify(task.id));
  });

  scope.get('/v1.0/tasks/:taskIdentifier', async (request: TaskRequest) => {
    const represented = representTask(taskOf(request), clock());
    return options.getTaskAsArray ? [represented] : represented;
  });

  scope.post('/v1.0/tasks/:taskIdentifier/refresh', async (request: TaskRequest, reply) => {
    tasks.refresh(taskOf(request), wantsRona(request.query));
    return reply.code(200).send();
  });

  scope.post('/v1.0/tasks/:taskIdentifier/setestablished', async (request: TaskRequest, reply) => {
    tasks.setEstablished(taskOf(request));
    return reply.code(200).send();
  });

  scope.post('/v1.0/tasks/:taskIdentifier/terminate', async (request: TaskRequest) => {
    const task = taskOf(request, 404);
    tasks.terminate(task);
    return representTask(task, clock());
  });
}

/**
 * `SetAgentOnRona` as a query parameter (its place is an assumption); names of query parameters ignore case in
 * ASP.NET.
 */
function wantsRona(query: unknown): boolean {
  const value = Object.entries(query ?? {}).find(([name]) => name.toLowerCase() === 'setagentonrona')?.[1];
  return String(value).toLowerCase() === 'true';
}
