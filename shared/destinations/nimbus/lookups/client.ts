import type { NimbusConnection } from '../connection.ts';
import { type Choice, choicesSchema, upnsSchema } from './schemas.ts';

/** What Nimbus offers to the signed-in user. Licences differ, hence three lists of services. */
export interface LookupOperations {
  /** UPNs of the services whose tasks can be watched. */
  getServices(): Promise<readonly string[]>;
  getTaskEvents(): Promise<readonly Choice[]>;
  getTaskModalities(): Promise<readonly Choice[]>;
  getTaskDirections(): Promise<readonly Choice[]>;
  /** UPNs of the users that a task may prefer. */
  getUsersForPreferredRouting(): Promise<readonly string[]>;
  /** UPNs of the services that can make scheduled calls. */
  getSchedulerEntryServices(): Promise<readonly string[]>;
  getSchedulerEntriesEvents(): Promise<readonly Choice[]>;
  /** Of scheduled calls. */
  getDistributionPriorities(): Promise<readonly Choice[]>;
  /** UPNs of the services that take external tasks. */
  getExternalTasksServices(): Promise<readonly string[]>;
  getExternalTasksDistributionPriorities(): Promise<readonly Choice[]>;
  /** Their ids are the `value`. */
  getAddressBooks(): Promise<readonly Choice[]>;
}

export function lookupOperations({ read }: NimbusConnection): LookupOperations {
  const upns = (path: string, operation: string) => () => read({ method: 'GET', path, operation }, upnsSchema);
  const choices = (path: string, operation: string) => async () => {
    const entries = await read({ method: 'GET', path, operation }, choicesSchema);
    return entries.flatMap(({ name, value, id }) => toChoice(name, value ?? id));
  };

  return {
    getServices: upns('/v1/tasks/service-contacts', 'get services'),
    getTaskEvents: choices('/v1/tasks/events', 'get task events'),
    getTaskModalities: choices('/v1/tasks/modalities', 'get modalities'),
    getTaskDirections: choices('/v1/tasks/directions', 'get directions'),
    getUsersForPreferredRouting: upns('/v1/tasks/users-for-preferred-routing', 'get users'),
    getSchedulerEntryServices: upns('/v1/scheduler-entries/service-contacts', 'get scheduler entry services'),
    getSchedulerEntriesEvents: choices('/v1/scheduler-entries/events', 'get scheduler entry events'),
    getDistributionPriorities: choices('/v1/scheduler-entries/distribution-priorities', 'get priorities'),
    getExternalTasksServices: upns('/v1/ExternalTasks/service-contacts', 'get external task services'),
    getExternalTasksDistributionPriorities: choices(
      '/v1/ExternalTasks/distribution-priorities',
      'get external task priorities',
    ),
    getAddressBooks: choices('/v2/AddressBooks', 'get address books'),
  };
}

function toChoice(name: string | undefined, value: string | undefined): Choice[] {
  const either = value ?? name;
  return either === undefined ? [] : [{ name: name ?? either, value: either }];
}
