import { describe, expect, it } from 'vitest';
import type { Claim, DeliveryKey } from '../../../shared/delivery/ledger.ts';
import { createTableLedger } from '../../../shared/delivery/table-ledger.ts';
import { TransientError } from '../../../shared/errors.ts';
import { MemoryTable } from '../../helpers/memory-table.ts';

const key: DeliveryKey = { event: 'event-hash', route: 'route-1', step: 2 };
const CLAIM_MS = 1_000;

function setUp() {
  const table = new MemoryTable();
  return { table, ledger: createTableLedger(table) };
}

function versionOf(claim: Claim): string {
  if (claim.kind !== 'claimed') throw new Error(`not claimed but ${claim.kind}`);
  return claim.version;
}

describe('the ledger', () => {
  it('gives a fresh delivery to the first that asks, and to nobody else', async () => {
    const { ledger } = setUp();
    expect(await ledger.claim(key, 5_000, CLAIM_MS)).toEqual({
      kind: 'claimed',
      mayHaveRun: false,
      version: expect.any(String),
    });
    expect(await ledger.claim(key, 5_000, CLAIM_MS)).toEqual({ kind: 'busy', untilMs: 6_000 });
    expect(await ledger.claim(key, 5_999, CLAIM_MS)).toEqual({ kind: 'busy', untilMs: 6_000 });
  });

  it('keeps deliveries apart by event, route and step', async () => {
    const { ledger } = setUp();
    const keys = [key, { ...key, event: 'other' }, { ...key, route: 'other' }, { ...key, step: 3 }];
    const claims = await Promise.all(keys.map((each) => ledger.claim(each, 0, CLAIM_MS)));
    expect(claims.map(({ kind }) => kind)).toEqual(['claimed', 'claimed', 'claimed', 'claimed']);
  });

  it('gives a delivery to one of many that ask at once', async () => {
    const { table, ledger } = setUp();
    // Every operation waits a turn, so that the askers overtake each other.
    table.before = () => new Promise((resolve) => setImmediate(resolve));
    const fresh = await Promise.all(Array.from({ length: 10 }, () => ledger.claim(key, 0, CLAIM_MS)));
    expect(fresh.filter(({ kind }) => kind === 'claimed')).toHaveLength(1);
    expect(fresh.filter(({ kind }) => kind === 'busy')).toHaveLength(9);

    const expired = await Promise.all(Array.from({ length: 10 }, () => ledger.claim(key, CLAIM_MS, CLAIM_MS)));
    expect(expired.filter(({ kind }) => kind === 'claimed')).toEqual([
      { kind: 'claimed', mayHaveRun: true, version: expect.any(String) },
    ]);
    expect(expired.filter(({ kind }) => kind === 'busy')).toEqual(
      Array(9).fill({ kind: 'busy', untilMs: 2 * CLAIM_MS }),
    );
  });

  it('gives an expired claim to the next, as one that may have run', async () => {
    const { ledger } = setUp();
    const first = versionOf(await ledger.claim(key, 0, CLAIM_MS));
    const second = await ledger.claim(key, CLAIM_MS, CLAIM_MS);
    expect(second).toEqual({ kind: 'claimed', mayHaveRun: true, version: expect.any(String) });
    expect(versionOf(second)).not.toBe(first);
  });

  it('gives a released claim to the next at once, as one that may have run', async () => {
    const { ledger } = setUp();
    await ledger.release(key, versionOf(await ledger.claim(key, 0, CLAIM_MS)));
    expect(await ledger.lookUp(key)).toMatchObject({ state: 'open', mayHaveRun: true });
    expect(await ledger.claim(key, 0, CLAIM_MS)).toMatchObject({ kind: 'claimed', mayHaveRun: true });
  });

  it('remembers that a delivery may have run over several claims', async () => {
    const { ledger } = setUp();
    await ledger.release(key, versionOf(await ledger.claim(key, 0, CLAIM_MS)));
    await ledger.claim(key, 0, CLAIM_MS);
    expect(await ledger.claim(key, CLAIM_MS, CLAIM_MS)).toMatchObject({ kind: 'claimed', mayHaveRun: true });
  });

  it.each([[{ taskId: 'x', nested: [1, null] }], ['text'], [0], [false], [null]])(
    'gives %j back once it is done, for ever',
    async (result) => {
      const { ledger } = setUp();
      await ledger.complete(key, versionOf(await ledger.claim(key, 0, CLAIM_MS)), result);
      expect(await ledger.claim(key, 0, CLAIM_MS)).toEqual({ kind: 'done', result });
      expect(await ledger.claim(key, 1e12, CLAIM_MS)).toEqual({ kind: 'done', result });
      expect(await ledger.lookUp(key)).toMatchObject({ state: 'done', result });
    },
  );

  it('stores no result as null', async () => {
    const { ledger } = setUp();
    await ledger.complete(key, versionOf(await ledger.claim(key, 0, CLAIM_MS)), undefined);
    expect(await ledger.claim(key, 0, CLAIM_MS)).toEqual({ kind: 'done', result: null });
  });

  it('remembers what was given up', async () => {
    const { ledger } = setUp();
    await ledger.fail(key, versionOf(await ledger.claim(key, 0, CLAIM_MS)));
    expect(await ledger.claim(key, 1e12, CLAIM_MS)).toEqual({ kind: 'failed' });
  });

  it('knows nothing of what was never claimed', async () => {
    expect(await setUp().ledger.lookUp(key)).toBeUndefined();
  });

  it.each(['release', 'complete', 'fail'] as const)(
    'refuses to %s a claim that was lost to another',
    async (operation) => {
      const { ledger } = setUp();
      const lost = versionOf(await ledger.claim(key, 0, CLAIM_MS));
      const held = versionOf(await ledger.claim(key, CLAIM_MS, CLAIM_MS));
      await expect(ledger[operation](key, lost, 'result')).rejects.toBeInstanceOf(TransientError);
      await expect(ledger.complete(key, held, 'kept')).resolves.toBeUndefined();
      expect(await ledger.claim(key, 0, CLAIM_MS)).toEqual({ kind: 'done', result: 'kept' });
    },
  );

  it('is transiently unable while the table is down, and changes nothing', async () => {
    const { table, ledger } = setUp();
    const version = versionOf(await ledger.claim(key, 0, CLAIM_MS));
    table.goDown();
    await expect(ledger.claim(key, 0, CLAIM_MS)).rejects.toBeInstanceOf(TransientError);
    await expect(ledger.complete(key, version, 1)).rejects.toBeInstanceOf(TransientError);
    await expect(ledger.lookUp(key)).rejects.toBeInstanceOf(TransientError);
    table.recover();
    await ledger.complete(key, version, 2);
    expect(await ledger.claim(key, 0, CLAIM_MS)).toEqual({ kind: 'done', result: 2 });
  });

  it('is transiently unable when the row vanishes while it is read', async () => {
    const { table, ledger } = setUp();
    await ledger.claim(key, 0, CLAIM_MS);
    table.before = (operation, { partitionKey, rowKey }) => {
      if (operation === 'get') table.remove(partitionKey, rowKey);
    };
    await expect(ledger.claim(key, 0, CLAIM_MS)).rejects.toBeInstanceOf(TransientError);
    expect(await ledger.claim(key, 0, CLAIM_MS)).toMatchObject({ kind: 'claimed', mayHaveRun: false });
  });

  it('stores texts and booleans only, under keys that a table takes', async () => {
    const { table, ledger } = setUp();
    await ledger.complete(key, versionOf(await ledger.claim(key, 0, CLAIM_MS)), { id: 5 });
    expect(table.rows.map(({ columns }) => columns)).toEqual([
      {
        partitionKey: 'event-hash',
        rowKey: 'route-1.2',
        state: 'done',
        mayHaveRun: true,
        claimedUntil: '1970-01-01T00:00:00.000Z',
        result: '{"id":5}',
      },
    ]);
  });
});
