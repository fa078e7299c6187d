import type { FastifyInstance } from 'fastify';
import * as lookups from './lookups.ts';

const answersByPath: Readonly<Record<string, unknown>> = {
  '/v1/tasks/events': lookups.taskEvents,
  '/v1/tasks/modalities': lookups.modalities,
  '/v1/tasks/directions': lookups.directions,
  '/v1/tasks/users-for-preferred-routing': lookups.preferredRoutingUsers,
  '/v1/scheduler-entries/events': lookups.schedulerEntryEvents,
  '/v1/scheduler-entries/distribution-priorities': lookups.distributionPriorities,
  '/v1/ExternalTasks/service-contacts': lookups.externalTaskServices,
  '/v1/ExternalTasks/distribution-priorities': lookups.distributionPriorities,
  '/v2/AddressBooks': lookups.addressBooks,
};

/** The eleven lookups and the connection test, all GET and without parameters. */
export function registerLookupRoutes(
  scope: FastifyInstance,
  services: { readonly task: readonly string[]; readonly schedulerEntry: readonly string[] },
): void {
  for (const [path, answer] of Object.entries(answersByPath)) scope.get(path, async () => answer);
  scope.get('/v1/tasks/service-contacts', async () => services.task);
  scope.get('/v1/scheduler-entries/service-contacts', async () => services.schedulerEntry);
  scope.get('/v1/diagnostics/testconnection', async (_request, reply) => reply.code(200).send());
}
