import type { TableClient } from '@azure/data-tables';
import { PermanentError, TransientError } from '../errors.ts';
import type { Row, Table } from './table.ts';

const OPERATION_TIMEOUT_MS = 5_000;

/**
 * What to look at where no role is missing, by codes of
 * https://learn.microsoft.com/rest/api/storageservices/common-rest-api-error-codes and, for addresses that the account
 * does not let in, https://learn.microsoft.com/azure/storage/common/storage-network-security.
 */
const otherHints: ReadonlyMap<string, string> = new Map([
  ['AuthenticationFailed', 'check the key in AzureWebJobsStorage, or the sign-in'],
  ['AuthorizationFailure', 'check the network rules of the storage account'],
]);

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
      for (const status of [401, 403]) {
        if (isRestError(cause, status)) throw refusal(status, cause, (await connected()).tableName);
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

/**
 * Worth another try, because access can be restored. It has no `httpStatus`: clients of destinations keep their budgets
 * in tables, and would take it for their destination's.
 */
function refusal(status: number, cause: unknown, tableName: string): TransientError {
  const code = String(odataCode(cause) ?? '');
  const known = /^\w{1,60}$/.test(code) ? ` (${code})` : '';
  const role = `give the identity the role "Storage Table Data Contributor" on the table ${tableName}`;
  const hint = otherHints.get(code) ?? role;
  return new TransientError(`the table storage answered ${status}${known}: ${hint}`, { cause });
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
