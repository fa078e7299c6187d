import { TableClient } from '@azure/data-tables';
import { azureCredential } from '../auth/azure-credential.ts';
import type { Config } from '../config.ts';
import { createAzureTable } from './azure-table.ts';
import type { Table } from './table.ts';

/** A table of the storage account that the settings name. */
export function connectTable({ storage }: Pick<Config, 'storage'>, name: string): Table {
  const options = { allowInsecureConnection: true, retryOptions: { maxRetries: 2, retryDelayInMs: 200 } };
  return createAzureTable(() =>
    'connectionString' in storage
      ? TableClient.fromConnectionString(storage.connectionString, name, options)
      : new TableClient(storage.tableServiceUri, name, azureCredential(storage.clientId)),
  );
}
