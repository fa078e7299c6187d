import type { FastifyInstance } from 'fastify';
import { LucsRefusal } from './refusal.ts';
import type { LucsService } from './seed.ts';
import { representTask } from './task-representation.ts';
import type { LucsTasks } from './tasks.ts';

/**
 * The services, and the tasks of one. The services' shape is not published: id, name and address are the least a
 * client needs.
 */
export function registerServiceRoutes(
  scope: FastifyInstance,
  { services, tasks, clock }: { services: readonly LucsService[]; tasks: LucsTasks; clock: () => number },
): void {
  scope.get('/v1.0/services', async () => services.map(({ Id, DisplayName, SipUri }) => ({ Id, DisplayName, SipUri })));

  scope.get<{ Params: { serviceId: string } }>('/v1.0/services/:serviceId/tasks', async (request) => {
    const service = services.find(({ Id }) => Id === request.params.serviceId.toLowerCase());
    if (service === undefined) throw new LucsRefusal('InvalidArgument', 'The service does not exist.');
    return tasks.ofService(service.Id).map((task) => representTask(task, clock()));
  });
}
