import { TableClient } from '@azure/data-tables';
import { azureCredential } from '../auth/azure-credential.ts';
import type { Config } from '../config.ts';

const OPTIONS = { allowInsecureConnection: true, retryOptions: { maxRetries: 2, retryDelayInMs: 200 } };

/** The library's client for a table of the storage account that the settings name. Loading this file loads the library. */
export function openTable(storage: Config['storage'], name: string): TableClient {
  return 'connectionString' in storage
    ? TableClient.fromConnectionString(storage.connectionString, name, OPTIONS)
    : new TableClient(storage.tableServiceUri, name, azureCredential(storage.clientId), OPTIONS);
}
