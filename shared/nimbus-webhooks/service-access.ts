import type { NimbusClient } from '../destinations/nimbus/client.ts';
import { PermanentError, TransientError } from '../errors.ts';

/** What of the Nimbus API tells whether its webhooks can still come. */
export type AccessClient = Pick<NimbusClient, 'testConnection' | 'getServices' | 'getSchedulerEntryServices'>;

/** What the signed-in account may see at Nimbus. */
export type ServiceAccess =
  | { readonly kind: 'sign-in-refused' | 'role-lost' }
  | {
      readonly kind: 'open';
      /** Whether the account may watch the tasks of this service. */
      readonly seesTasksOf: (serviceUpn: string) => boolean;
      /** Whether it may watch its scheduler entries. */
      readonly seesSchedulerEntriesOf: (serviceUpn: string) => boolean;
    };

/**
 * Asks Nimbus by its connection test and both lookups of services. A lookup that is refused alone counts as an empty
 * one: rights and licences differ between tasks and scheduler entries.
 *
 * @throws TransientError | PermanentError when Nimbus does not tell
 */
export async function askServiceAccess(client: AccessClient): Promise<ServiceAccess> {
  try {
    await client.testConnection();
    const [tasks, schedulerEntries] = await Promise.all([
      lookUp(client.getServices()),
      lookUp(client.getSchedulerEntryServices()),
    ]);
    return { kind: 'open', seesTasksOf: among(tasks), seesSchedulerEntriesOf: among(schedulerEntries) };
  } catch (error) {
    if (statusOf(error) === 401) return { kind: 'sign-in-refused' };
    if (statusOf(error) === 403) return { kind: 'role-lost' };
    throw error;
  }
}

async function lookUp(services: Promise<readonly string[]>): Promise<readonly string[]> {
  try {
    return await services;
  } catch (error) {
    if (statusOf(error) === 403) return [];
    throw error;
  }
}

function among(services: readonly string[]): (serviceUpn: string) => boolean {
  const known = new Set(services.map((service) => service.toLowerCase()));
  return (serviceUpn) => known.has(serviceUpn.toLowerCase());
}

function statusOf(error: unknown): number | undefined {
  return error instanceof TransientError || error instanceof PermanentError ? error.httpStatus : undefined;
}
