import { type AddressBookOperations, addressBookOperations, type ExternalIdsFormat } from './address-books/client.ts';
import { createNimbusConnection, type NimbusConnectionOptions } from './connection.ts';
import { type DiagnosticOperations, diagnosticOperations } from './diagnostics/client.ts';
import { type ExternalTaskOperations, externalTaskOperations } from './external-tasks/client.ts';
import { type LookupOperations, lookupOperations } from './lookups/client.ts';
import { type SchedulerEntryOperations, schedulerEntryOperations } from './scheduler-entries/client.ts';
import { type TaskOperations, taskOperations } from './tasks/client.ts';
import { type TriggerOperations, triggerOperations } from './triggers/client.ts';

export interface NimbusOptions extends NimbusConnectionOptions {
  /** By default `csv`. */
  readonly externalIdsFormat?: ExternalIdsFormat;
}

/** The Luware Nimbus connector API, all 28 operations of the definition published 2024-03-28, under its own names. */
export interface NimbusClient
  extends TaskOperations,
    ExternalTaskOperations,
    SchedulerEntryOperations,
    AddressBookOperations,
    TriggerOperations,
    LookupOperations,
    DiagnosticOperations {}

export function createNimbusClient({ externalIdsFormat = 'csv', ...options }: NimbusOptions): NimbusClient {
  const connection = createNimbusConnection(options);
  return {
    ...taskOperations(connection),
    ...externalTaskOperations(connection),
    ...schedulerEntryOperations(connection),
    ...addressBookOperations(connection, externalIdsFormat),
    ...triggerOperations(connection),
    ...lookupOperations(connection),
    ...diagnosticOperations(connection),
  };
}
