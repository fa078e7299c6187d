import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
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

describe.each(operations)('a %s that storage does not answer', (_, operation) => {
  let server: Server | undefined;
  afterEach(() => server?.close());

  /** A server that takes connections and does with each what the test says. */
  async function tableAt(onConnection: (socket: Socket) => void): Promise<Table> {
    server = createServer(onConnection).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    return createAzureTable(async () =>
      connect(azurite.connectionString.replace(/:\d+(\/\w+)$/, `:${port}$1`), newName()),
    );
  }

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
