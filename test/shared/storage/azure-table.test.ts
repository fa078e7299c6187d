import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { createServer, type Server, type Socket } from 'node:net';
import { TableClient } from '@azure/data-tables';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { PermanentError, TransientError } from '../../../shared/errors.ts';
import { createAzureTable } from '../../../shared/storage/azure-table.ts';
import type { Table } from '../../../shared/storage/table.ts';
import { type RunningAzurite, startAzurite } from '../../helpers/azurite.ts';
import { MemoryTable } from '../../helpers/memory-table.ts';

let azurite: RunningAzurite;
beforeAll(async () => {
  azurite = await startAzurite();
});
afterAll(() => azurite.stop());
afterEach(() => {
  vi.restoreAllMocks();
});

const newName = () => `t${randomUUID().replaceAll('-', '')}`;

function connect(connectionString: string, name: string): TableClient {
  return TableClient.fromConnectionString(connectionString, name, {
    allowInsecureConnection: true,
    retryOptions: { maxRetries: 0 },
  });
}

const azureTable = (name = newName()) => createAzureTable(async () => connect(azurite.connectionString, name));

const row = { partitionKey: 'p', rowKey: 'r', text: 'ünïcode \u0000 "quoted"', flag: false };

describe.each<[string, () => Table]>([
  ['Azure Table storage', azureTable],
  ['its stand-in of the tests', () => new MemoryTable()],
])('a table in %s', (_, create) => {
  it('gives back what was inserted, with its version', async () => {
    const table = create();
    const version = await table.insert(row);
    expect(version).toEqual(expect.any(String));
    expect(await table.get('p', 'r')).toEqual({ version, columns: expect.objectContaining(row) });
  });

  it('has no row that was never inserted', async () => {
    const table = create();
    await table.insert(row);
    expect(await table.get('p', 'other')).toBeUndefined();
    expect(await table.get('other', 'r')).toBeUndefined();
  });

  it('inserts each key once and keeps the first', async () => {
    const table = create();
    await table.insert(row);
    expect(await table.insert({ ...row, text: 'second' })).toBeUndefined();
    expect(await table.insert({ ...row, rowKey: 'r2' })).toEqual(expect.any(String));
    expect((await table.get('p', 'r'))?.columns.text).toBe(row.text);
  });

  it('lets one of several inserts at once win', async () => {
    const table = create();
    await table.insert({ ...row, rowKey: 'before' });
    const versions = await Promise.all(
      Array.from({ length: 5 }, (_, index) => table.insert({ ...row, text: `${index}` })),
    );
    expect(versions.filter((version) => version !== undefined)).toHaveLength(1);
  });

  it('replaces the whole row in its version and gives the new one', async () => {
    const table = create();
    const first = (await table.insert(row)) ?? '';
    const second = await table.replace({ partitionKey: 'p', rowKey: 'r', other: 'x' }, first);
    expect(second).toEqual(expect.any(String));
    expect(second).not.toBe(first);
    const stored = await table.get('p', 'r');
    expect(stored?.version).toBe(second);
    expect(stored?.columns).toMatchObject({ other: 'x' });
    expect(stored?.columns).not.toHaveProperty('text');
  });

  it('does not replace a row that was changed in the meantime', async () => {
    const table = create();
    const first = (await table.insert(row)) ?? '';
    const second = (await table.replace({ ...row, text: 'second' }, first)) ?? '';
    expect(await table.replace({ ...row, text: 'stale' }, first)).toBeUndefined();
    expect((await table.get('p', 'r'))?.columns.text).toBe('second');
    expect(await table.replace({ ...row, text: 'third' }, second)).toEqual(expect.any(String));
  });

  it('does not replace a row that is not there', async () => {
    const table = create();
    const version = (await table.insert(row)) ?? '';
    expect(await table.replace({ ...row, rowKey: 'gone' }, version)).toBeUndefined();
    expect(await table.get('p', 'gone')).toBeUndefined();
  });
});

describe('a table that does not exist', () => {
  it.each<[string, (table: Table) => Promise<unknown>]>([
    ['get', (table) => table.get('p', 'r')],
    ['replace', (table) => table.replace(row, 'W/"datetime\'2026-02-11T07%3A41%3A18.0000000Z\'"')],
  ])('is created by a %s, which finds no row', async (_, operation) => {
    const name = newName();
    expect(await operation(azureTable(name))).toBeUndefined();
    await expect(connect(azurite.connectionString, name).listEntities().next()).resolves.toMatchObject({ done: true });
  });

  it('is created once by several processes at the same time', async () => {
    const name = newName();
    const versions = await Promise.all(
      Array.from({ length: 4 }, (_, index) => azureTable(name).insert({ ...row, rowKey: `${index}` })),
    );
    expect(versions).toEqual(Array.from({ length: 4 }, () => expect.any(String)));
  });

  it('is created again when it was deleted', async () => {
    const name = newName();
    const table = azureTable(name);
    await table.insert(row);
    await connect(azurite.connectionString, name).deleteTable();
    expect(await table.get('p', 'r')).toBeUndefined();
    expect(await table.insert(row)).toEqual(expect.any(String));
  });
});

describe('a row that storage refuses', () => {
  it('fails for good, because storing it again would be refused again', async () => {
    const table = azureTable();
    const tooLarge = { ...row, text: 'x'.repeat(40_000) };

    await expect(table.insert(tooLarge)).rejects.toBeInstanceOf(PermanentError);
    expect(await table.get('p', 'r')).toBeUndefined();
  });
});

describe('a connection', () => {
  it('is made with the first operation, once', async () => {
    const open = vi.fn(async () => connect(azurite.connectionString, newName()));
    const table = createAzureTable(open);
    expect(open).not.toHaveBeenCalled();
    await table.get('p', 'r');
    await table.get('p', 'r');
    expect(open).toHaveBeenCalledTimes(1);
  });
});

const operations: [string, (table: Table) => Promise<unknown>][] = [
  ['get', (table) => table.get('p', 'r')],
  ['insert', (table) => table.insert(row)],
  ['replace', (table) => table.replace(row, 'W/"1"')],
];

let server: Server | undefined;
afterEach(() => server?.close());

/** A table at a server that stands in for storage. */
async function tableBehind(standIn: Server, name = newName()): Promise<Table> {
  server = standIn.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return createAzureTable(async () => connect(azurite.connectionString.replace(/:\d+(\/\w+)$/, `:${port}$1`), name));
}

describe.each(operations)('a %s that storage does not answer', (_, operation) => {
  /** A server that takes connections and does with each what the test says. */
  const tableAt = (onConnection: (socket: Socket) => void) => tableBehind(createServer(onConnection));

  it('fails as worth another try when nothing listens', async () => {
    const table = await tableAt(() => undefined);
    server?.close();
    await expect(operation(table)).rejects.toThrow(TransientError);
  });

  it('fails as worth another try when the connection breaks', async () => {
    const table = await tableAt((socket) => socket.destroy());
    await expect(operation(table)).rejects.toThrow(new TransientError('the table storage does not answer'));
  });

  it('fails as worth another try when no answer comes within 5 seconds', async () => {
    let signal = new AbortController();
    const timeout = vi.spyOn(AbortSignal, 'timeout').mockImplementation(() => {
      signal = new AbortController();
      return signal.signal;
    });
    const sockets: Socket[] = [];
    const table = await tableAt((socket) => sockets.push(socket));
    const asked = operation(table).catch((error: unknown) => error);
    await expect.poll(() => sockets.length).toBe(1);
    signal.abort();
    expect(await asked).toBeInstanceOf(TransientError);
    expect(timeout.mock.calls).toEqual([[5_000]]);
    for (const socket of sockets) socket.destroy();
  });
});

describe.each(operations)('a %s that storage does not allow', (_, operation) => {
  /** Answers as https://learn.microsoft.com/rest/api/storageservices/status-and-error-codes2 has it. */
  function refusingTable(status: number, code: string | undefined): Promise<Table> {
    const error = { 'odata.error': { code, message: { lang: 'en-US', value: 'RequestId:4711' } } };
    return tableBehind(
      createHttpServer((_request, response) => {
        response.writeHead(status, { 'content-type': 'application/json', connection: 'close' });
        response.end(code === undefined ? '' : JSON.stringify(error));
      }),
      'ledger',
    );
  }

  const role = 'give the identity the role "Storage Table Data Contributor" on the table ledger';

  it.each([
    [403, 'AuthorizationPermissionMismatch', `403 (AuthorizationPermissionMismatch): ${role}`],
    [401, 'NoAuthenticationInformation', `401 (NoAuthenticationInformation): ${role}`],
    [403, undefined, `403: ${role}`],
    [403, 'AuthenticationFailed', '403 (AuthenticationFailed): check the key in AzureWebJobsStorage, or the sign-in'],
    [403, 'AuthorizationFailure', '403 (AuthorizationFailure): check the network rules of the storage account'],
  ])('with %i %s: fails as worth another try, and says what to do', async (status, code, words) => {
    const error = await operation(await refusingTable(status, code)).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(TransientError);
    expect(error).toMatchObject({ message: `the table storage answered ${words}` });
  });

  it('does not pass for a refusal of the destination whose calls are counted in the table', async () => {
    const table = await refusingTable(403, 'AuthorizationPermissionMismatch');
    await expect(operation(table)).rejects.toMatchObject({ httpStatus: undefined });
  });
});
