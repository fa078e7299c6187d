import type { Table } from '../storage/table.ts';
import * as z from '../zod.ts';

/** How long a process that died keeps others from its work. */
const LEASE_MS = 120_000;
const KEYS = { partitionKey: 'triggers', rowKey: 'lease' };

const storedLease = z.object({ until: z.string() });

/**
 * Does `work` unless another process does such work now; gives undefined then. Work that takes longer than the lease can
 * be joined by another process: what must not happen twice still needs a write by version before it.
 *
 * @throws TransientError when storage does not answer.
 */
export async function withTriggerLease<T>(
  table: Table,
  clock: () => number,
  work: () => Promise<T>,
): Promise<T | undefined> {
  const lease = { ...KEYS, until: new Date(clock() + LEASE_MS).toISOString() };
  const stored = await table.get(KEYS.partitionKey, KEYS.rowKey);
  if (stored !== undefined && Date.parse(z.parse(storedLease, stored.columns).until) > clock()) return undefined;
  const version = stored === undefined ? await table.insert(lease) : await table.replace(lease, stored.version);
  if (version === undefined) return undefined;
  try {
    return await work();
  } finally {
    // Best effort: a lease that is not given back runs out.
    await table.replace({ ...KEYS, until: new Date(0).toISOString() }, version).catch(() => undefined);
  }
}
