import { expect, test } from 'vitest';
import { TransientError } from '../../../../shared/errors.ts';
import type { BoundaryEntry } from '../../../../shared/relay/identity/boundary.ts';
import { createGroupTable, type Group } from '../../../../shared/relay/identity/group-table.ts';
import { MemoryTable } from '../../../helpers/memory-table.ts';

const group: Group = {
  epoch: 'e1',
  leader: 'one',
  sinceMs: 1,
  steadyUntilMs: 2,
  members: { one: { state: 'synced', beatMs: 3 }, two: { state: 'joining', beatMs: 4 } },
  change: { epoch: 'e2', atMs: 5, fromMs: 6, joiners: ['two'], former: 'e1', parts: 2 },
};

function setUp(timeoutMs = 1_000) {
  const memory = new MemoryTable();
  return { memory, table: createGroupTable(memory, 'rte', timeoutMs) };
}

function someEntries(count: number): BoundaryEntry[] {
  return Array.from({ length: count }, (_, index) => ({
    key: `key${String(index).padStart(7, '0')}`,
    cutMs: 1_700_000_000_000 + index,
    epoch: index % 3 === 0 ? 'epoch-one123' : 'epoch-two123',
    count: index,
  }));
}

test('a group comes back as it was written', async () => {
  const { table } = setUp();
  expect(await table.read()).toBeUndefined();
  expect(await table.write(group, undefined)).toBe(true);
  expect((await table.read())?.group).toEqual(group);
});

test('only the latest version can be replaced', async () => {
  const { table } = setUp();
  await table.write(group, undefined);
  const version = (await table.read())?.version;
  expect(await table.write({ ...group, leader: 'two' }, version)).toBe(true);
  expect(await table.write({ ...group, leader: 'three' }, version)).toBe(false);
  expect(await table.write(group, undefined)).toBe(false);
  expect((await table.read())?.group.leader).toBe('two');
});

test.each([0, 1, 700, 701, 20_000])(
  'a boundary of %i entries comes back, in rows that the table takes',
  async (size) => {
    const { memory, table } = setUp();
    const entries = someEntries(size);
    const parts = await table.writeBoundary('e2', entries);
    expect(await table.readBoundary('e2', parts)).toEqual(entries);
    expect(Math.max(0, ...memory.rows.map(({ columns }) => String(columns.json).length))).toBeLessThanOrEqual(32_768);
  },
);

test('a boundary whose place another took is not read', async () => {
  const { table } = setUp();
  const parts = await table.writeBoundary('e2', someEntries(1_500));
  await table.writeBoundary('e3', someEntries(3));
  expect(await table.readBoundary('e2', parts)).toBeUndefined();
  expect(await table.readBoundary('e3', 9)).toBeUndefined();
});

test('a table that hangs is a transient error in time', async () => {
  const { memory, table } = setUp(20);
  memory.before = () => new Promise(() => {});
  await expect(table.read()).rejects.toThrow(TransientError);
  await expect(table.write(group, undefined)).rejects.toThrow(TransientError);
});

test.each(['not JSON', '{"epoch":1}', undefined])('a damaged row is a transient error: %j', async (json) => {
  const { memory, table } = setUp();
  await memory.insert({ partitionKey: 'rte', rowKey: 'group', ...(json !== undefined && { json }) });
  await expect(table.read()).rejects.toThrow('a row of the relays is damaged');
});
