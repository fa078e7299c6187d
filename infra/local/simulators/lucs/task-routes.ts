import type { FastifyInstance, FastifyRequest } from 'fastify';
import { asJsonObject, parseJsonText, rawBodyOf } from '../common/request-body.ts';
import { readCreateTaskRequest } from './create-task-request.ts';
import { invalid } from './fields.ts';
import type { LucsSystem } from './lucs-system.ts';
import { queryValue, readJson } from './read-request.ts';
import { LucsRefusal } from './refusal.ts';
import { representTask } from './task-representation.ts';
import type { LucsTask } from './tasks.ts';

type TaskRequest = FastifyRequest<{ Params: { taskIdentifier: string } }>;

/** Creating, reading and moving external tasks. Every success is 200; creation answers the bare id. */
export function registerTaskRoutes(scope: FastifyInstance, lucs: LucsSystem): void {
  const { tasks, services, behaviour } = lucs;
  const represent = (task: LucsTask) => representTask(task, lucs.time.now(), behaviour.current.dates);
  const taskOf = (request: TaskRequest, status?: 404): LucsTask => {
    const task = tasks.find(request.params.taskIdentifier);
    if (task === undefined) throw new LucsRefusal('NotFound', 'The task was not found.', status);
    return task;
  };

  scope.post('/v1.0/tasks', async (request, reply) => {
    const wanted = readCreateTaskRequest(readJson(request));
    const service = services.find(({ Id }) => Id === wanted.service.toLowerCase());
    if (service === undefined) throw invalid('The service does not exist.');
    const { id } = tasks.create(wanted, service, lucs.time.now());
    if (behaviour.current.idAnswer === 'naked') return reply.type('text/plain; charset=utf-8').send(id);
    return reply.type('application/json; charset=utf-8').send(JSON.stringify(id));
  });

  scope.get('/v1.0/tasks/:taskIdentifier', async (request: TaskRequest) => {
    const represented = represent(taskOf(request));
    return behaviour.current.taskAnswer === 'array' ? [represented] : represented;
  });

  scope.get<{ Params: { serviceId: string } }>('/v1.0/services/:serviceId/tasks', async (request) => {
    const service = services.find(({ Id }) => Id === request.params.serviceId.toLowerCase());
    if (service === undefined) throw invalid('The service does not exist.');
    return tasks.ofService(service.Id).map(represent);
  });

  scope.post('/v1.0/tasks/:taskIdentifier/refresh', async (request: TaskRequest, reply) => {
    lucs.refreshTask(taskOf(request), wantsRona(request, behaviour.current.setAgentOnRonaIn));
    return reply.code(200).send();
  });

  scope.post('/v1.0/tasks/:taskIdentifier/setestablished', async (request: TaskRequest, reply) => {
    tasks.setEstablished(taskOf(request));
    return reply.code(200).send();
  });

  scope.post('/v1.0/tasks/:taskIdentifier/terminate', async (request: TaskRequest) => {
    const task = taskOf(request, 404);
    tasks.terminate(task, lucs.time.now());
    return represent(task);
  });
}

/** `SetAgentOnRona` as a query parameter or as a field of the body: its place is not documented. */
function wantsRona(request: TaskRequest, place: 'either' | 'query' | 'body'): boolean {
  const inQuery = queryValue(request, 'SetAgentOnRona')?.toLowerCase() === 'true';
  const inBody = asJsonObject(parseJsonText(rawBodyOf(request)))?.get('SetAgentOnRona') === true;
  return (inQuery && place !== 'body') || (inBody && place !== 'query');
}
