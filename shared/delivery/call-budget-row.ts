import { createHash } from 'node:crypto';
import { TransientError } from '../errors.ts';
import type { StoredRow, Table } from '../storage/table.ts';
import * as z from '../zod.ts';
import type { Bucket } from './call-slots.ts';

export interface ReadBuckets {
  /** In the order of time. */
  readonly buckets: readonly Bucket[];
  /** Undefined while there is no row. */
  readonly version: string | undefined;
}

/** The row that all processes share. Both methods reject with a TransientError when the table does not answer. */
export interface CallBudgetRow {
  /** As this process left it, where that is known; whether it is still so shows when it is written. */
  read(): Promise<ReadBuckets>;
  /** False when somebody else has written since `version`. */
  write(buckets: readonly Bucket[], version: string | undefined): Promise<boolean>;
}

const PARTITION = 'call-budget';

const storedRow = z.object({
  buckets: z.pipe(
    z.pipe(
      z.string(),
      z.transform((json): unknown => JSON.parse(json)),
    ),
    z.array(z.tuple([z.number(), z.number()])),
  ),
});

export function createCallBudgetRow(table: Table, key: string): CallBudgetRow {
  const keys = { partitionKey: PARTITION, rowKey: createHash('sha256').update(key).digest('base64url') };
  let known: ReadBuckets | undefined;

  return {
    async read() {
      if (known !== undefined) return known;
      const row = await table.get(keys.partitionKey, keys.rowKey);
      return { buckets: row === undefined ? [] : bucketsOf(row), version: row?.version };
    },
    async write(buckets, version) {
      known = undefined;
      const row = { ...keys, buckets: JSON.stringify(buckets.map(({ startMs, calls }) => [startMs, calls])) };
      const written = version === undefined ? await table.insert(row) : await table.replace(row, version);
      if (written === undefined) return false;
      known = { buckets, version: written };
      return true;
    },
  };
}

function bucketsOf({ columns }: StoredRow): Bucket[] {
  try {
    return z.parse(storedRow, columns).buckets.map(([startMs, calls]) => ({ startMs, calls }));
  } catch (cause) {
    throw new TransientError(`the row of the call budget is damaged: remove partition "${PARTITION}" from its table`, {
      cause,
    });
  }
}
