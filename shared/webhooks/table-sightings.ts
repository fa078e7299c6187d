import type { Row, Table } from '../storage/table.ts';
import * as z from '../zod.ts';
import type { Sighting, Sightings, StoredSighting } from './sightings.ts';

const ROW_KEY = 'sighting';

const moment = z.pipe(
  z.string(),
  z.transform((iso) => Date.parse(iso)),
);

const storedSighting = z.object({
  firstSeen: moment,
  countsFrom: moment,
  unconfirmed: z.boolean(),
});

/** Sightings in table storage, one row per content. */
export function createTableSightings(table: Table): Sightings {
  async function get(hash: string): Promise<StoredSighting | undefined> {
    const row = await table.get(hash, ROW_KEY);
    if (row === undefined) return undefined;
    const { firstSeen, countsFrom, unconfirmed } = z.parse(storedSighting, row.columns);
    return { firstSeenMs: firstSeen, countsFromMs: countsFrom, unconfirmed, version: row.version };
  }

  return {
    async addOrGet(hash, sighting) {
      const inserted = await table.insert(toRow(hash, sighting));
      return inserted === undefined ? get(hash) : undefined;
    },
    async replace(hash, sighting, stored) {
      return (await table.replace(toRow(hash, sighting), stored.version)) !== undefined;
    },
    async markUnconfirmed(hash) {
      const stored = await get(hash);
      if (stored !== undefined) await table.replace(toRow(hash, { ...stored, unconfirmed: true }), stored.version);
    },
  };
}

function toRow(hash: string, { firstSeenMs, countsFromMs, unconfirmed }: Sighting): Row {
  const firstSeen = new Date(firstSeenMs).toISOString();
  const countsFrom = new Date(countsFromMs).toISOString();
  return { partitionKey: hash, rowKey: ROW_KEY, firstSeen, countsFrom, unconfirmed };
}
