import type { FastifyInstance } from 'fastify';
import type { Account } from './account.ts';
import * as lookups from './lookups.ts';
import { NimbusRefusal } from './refusal.ts';

const answersByPath: Readonly<Record<string, unknown>> = {
  '/v1/tasks/events': lookups.taskEvents,
  '/v1/tasks/modalities': lookups.modalities,
  '/v1/tasks/directions': lookups.directions,
  '/v1/scheduler-entries/events': lookups.schedulerEntryEvents,
  '/v1/scheduler-entries/distribution-priorities': lookups.distributionPriorities,
  '/v1/ExternalTasks/distribution-priorities': lookups.distributionPriorities,
};

/**
 * The eleven lookups and the connection test, all GET and without parameters. What the account may not use is missing
 * from its lists; 403 is declared for the connection test only.
 */
export function registerLookupRoutes(scope: FastifyInstance, account: Account): void {
  for (const [path, answer] of Object.entries(answersByPath)) scope.get(path, async () => answer);
  scope.get('/v1/tasks/service-contacts', async () => account.services('task'));
  scope.get('/v1/scheduler-entries/service-contacts', async () => account.services('schedulerEntry'));
  scope.get('/v1/ExternalTasks/service-contacts', async () => account.services('externalTask'));
  scope.get('/v1/tasks/users-for-preferred-routing', async () =>
    account.may('tasks') ? lookups.preferredRoutingUsers : [],
  );
  scope.get('/v2/AddressBooks', async () => account.addressBooks());
  scope.get('/v1/diagnostics/testconnection', async (_request, reply) => {
    if (account.roles.length === 0) throw new NimbusRefusal(403, 'The account has no Nimbus role.');
    return reply.code(200).send();
  });
}
