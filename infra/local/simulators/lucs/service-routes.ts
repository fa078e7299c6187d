import type { FastifyInstance } from 'fastify';
import { invalid } from './fields.ts';
import type { LucsSystem } from './lucs-system.ts';

/**
 * The services and their agents. Neither shape is published: id, name and address are the least a client needs.
 */
export function registerServiceRoutes(scope: FastifyInstance, { services, agents }: LucsSystem): void {
  scope.get('/v1.0/services', async () => services.map(({ Id, DisplayName, SipUri }) => ({ Id, DisplayName, SipUri })));

  scope.get<{ Params: { serviceId: string } }>('/v1.0/services/:serviceId/users', async (request) => {
    const service = services.find(({ Id }) => Id === request.params.serviceId.toLowerCase());
    if (service === undefined) throw invalid('The service does not exist.');
    return agents.ofService(service.Id).map(({ Id, SipUri, DisplayName }) => ({ Id, SipUri, DisplayName }));
  });
}
