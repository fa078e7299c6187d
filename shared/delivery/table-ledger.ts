import { TransientError } from '../errors.ts';
import type { Row, StoredRow, Table } from '../storage/table.ts';
import * as z from '../zod.ts';
import type { Claim, DeliveryKey, Ledger, LedgerEntry } from './ledger.ts';

/** A ledger row as stored; the result of a step is kept as JSON text. */
const storedEntry = z.object({
  state: z.enum(['open', 'claimed', 'done', 'failed']),
  mayHaveRun: z.boolean(),
  claimedUntil: z.string(),
  result: z.pipe(
    z._default(z.string(), 'null'),
    z.transform((json): unknown => JSON.parse(json)),
  ),
});

/** Rows of one event share a partition. A row's version proves who holds the claim. */
export function createTableLedger(table: Table): Ledger {
  async function settle(key: DeliveryKey, version: string, entry: LedgerEntry): Promise<void> {
    if ((await table.replace(toRow(key, entry), version)) === undefined) {
      throw new TransientError('the claim on this delivery was lost to another process');
    }
  }

  async function read(key: DeliveryKey): Promise<{ entry: LedgerEntry; version: string } | undefined> {
    const { partitionKey, rowKey } = keysOf(key);
    const row = await table.get(partitionKey, rowKey);
    return row && { entry: parse(row), version: row.version };
  }

  return {
    async claim(key, nowMs, claimMs): Promise<Claim> {
      const claimedUntilMs = nowMs + claimMs;
      const fresh: LedgerEntry = { state: 'claimed', mayHaveRun: false, claimedUntilMs, result: null };
      const inserted = await table.insert(toRow(key, fresh));
      if (inserted !== undefined) return { kind: 'claimed', mayHaveRun: false, version: inserted };

      const stored = await read(key);
      if (stored === undefined) throw new TransientError('the ledger row vanished while it was read');
      const { entry } = stored;
      if (entry.state === 'done') return { kind: 'done', result: entry.result };
      if (entry.state === 'failed') return { kind: 'failed' };
      if (entry.state === 'claimed' && entry.claimedUntilMs > nowMs) {
        return { kind: 'busy', untilMs: entry.claimedUntilMs };
      }
      // Whoever held an expired claim may have died between the call and its entry in the ledger.
      const mayHaveRun = entry.mayHaveRun || entry.state === 'claimed';
      const version = await table.replace(toRow(key, { ...fresh, mayHaveRun }), stored.version);
      if (version === undefined) return { kind: 'busy', untilMs: nowMs + claimMs };
      return { kind: 'claimed', mayHaveRun, version };
    },
    release: (key, version) =>
      settle(key, version, { state: 'open', mayHaveRun: true, claimedUntilMs: 0, result: null }),
    complete: (key, version, result) =>
      settle(key, version, { state: 'done', mayHaveRun: true, claimedUntilMs: 0, result }),
    fail: (key, version) =>
      settle(key, version, { state: 'failed', mayHaveRun: true, claimedUntilMs: 0, result: null }),
    async lookUp(key) {
      return (await read(key))?.entry;
    },
  };
}

function keysOf(key: DeliveryKey): { partitionKey: string; rowKey: string } {
  return { partitionKey: key.event, rowKey: `${key.route}.${key.step}` };
}

function toRow(key: DeliveryKey, { state, mayHaveRun, claimedUntilMs, result }: LedgerEntry): Row {
  const claimedUntil = new Date(claimedUntilMs).toISOString();
  return { ...keysOf(key), state, mayHaveRun, claimedUntil, result: JSON.stringify(result ?? null) };
}

function parse(row: StoredRow): LedgerEntry {
  const { claimedUntil, ...entry } = z.parse(storedEntry, row.columns);
  return { ...entry, claimedUntilMs: Date.parse(claimedUntil) };
}
