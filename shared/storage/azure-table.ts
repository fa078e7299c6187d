import type { TableClient } from '@azure/data-tables';
import { PermanentError, TransientError } from '../errors.ts';
import type { Row, Table } from './table.ts';

const OPERATION_TIMEOUT_MS = 5_000;

/**
 * A table in Azure Table storage or Azurite, connected with the first operation. It is created when an operation finds it
 * missing.
 */
export function createAzureTable(connect: () => Promise<TableClient>): Table {
  let client: Promise<TableClient> | undefined;
  const connected = () => (client ??= connect());

  async function run<T>(operation: (client: TableClient, abortSignal: AbortSignal) => Promise<T>): Promise<T> {
    const attempt = async () => operation(await connected(), AbortSignal.timeout(OPERATION_TIMEOUT_MS));
    try {
      return await attempt().catch(async (error: unknown) => {
        if (!isRestError(error, 404, 'TableNotFound')) throw error;
        await (await connected()).createTable();
        return attempt();
      });
    } catch (cause) {
      if (isRestError(cause, 400) || isRestError(cause, 413)) {
        throw new PermanentError('the table storage refuses a row: it is too large or has a forbidden key', { cause });
      }
      throw new TransientError('the table storage does not answer', { cause });
    }
  }

  return {
    get: (partitionKey, rowKey) =>
      run(async (table, abortSignal) => {
        try {
          const { etag, ...columns } = await table.getEntity(partitionKey, rowKey, { abortSignal });
          return { columns, version: etag };
        } catch (error) {
          if (isRestError(error, 404, 'ResourceNotFound')) return undefined;
          throw error;
        }
      }),
    insert: (row) =>
      run(async (table, abortSignal) => {
        try {
          return (await table.createEntity({ ...row }, { abortSignal })).etag;
        } catch (error) {
          if (isRestError(error, 409, 'EntityAlreadyExists')) return undefined;
          throw error;
        }
      }),
    replace: (row: Row, version) =>
      run(async (table, abortSignal) => {
        try {
          return (await table.updateEntity({ ...row }, 'Replace', { abortSignal, etag: version })).etag;
        } catch (error) {
          if (isRestError(error, 412) || isRestError(error, 404, 'ResourceNotFound')) return undefined;
          throw error;
        }
      }),
  };
}

function isRestError(error: unknown, status: number, code?: string): boolean {
  if (read(error, 'name') !== 'RestError' || read(error, 'statusCode') !== status) return false;
  return code === undefined || odataCode(error) === code;
}

function odataCode(error: unknown): unknown {
  const odata = read(read(error, 'details'), 'odataError');
  return read(odata, 'code') ?? read(error, 'code');
}

function read(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}
