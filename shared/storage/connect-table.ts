import type { Config } from '../config.ts';
import { createAzureTable } from './azure-table.ts';
import type { Table } from './table.ts';

/** A table of the storage account that the settings name. Its library is loaded with the first operation. */
export function connectTable({ storage }: Pick<Config, 'storage'>, name: string): Table {
  return createAzureTable(async () => {
    const { openTable } = await import('./open-table.ts');
    return openTable(storage, name);
  });
}
