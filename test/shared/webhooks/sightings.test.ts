import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { approximateOccurrence, occurrenceOf } from '../../../shared/webhooks/sightings.ts';
import { createTableSightings } from '../../../shared/webhooks/table-sightings.ts';
import { MemoryTable } from '../../helpers/memory-table.ts';

const HASH = 'ZbNsx2Vt2Xa8P8gTn6m0vY2QqF5tZlq1x0bQmHnE3uA';

describe('occurrenceOf', () => {
  it('is the first sighting of every 30 seconds, for any rhythm of deliveries', async () => {
    const gapsMs = fc.array(fc.oneof(fc.integer({ min: 0, max: 90_000 }), fc.constantFrom(29_999, 30_000)));
    await fc.assert(
      fc.asyncProperty(gapsMs, async (gaps) => {
        const sightings = createTableSightings(new MemoryTable());
        let nowMs = 1_770_000_000_000;
        let expected = Number.NEGATIVE_INFINITY;
        for (const gap of [0, ...gaps]) {
          nowMs += gap;
          if (nowMs - expected >= 30_000) expected = nowMs;
          expect(await occurrenceOf(HASH, nowMs, sightings)).toBe(expected);
        }
      }),
    );
  });

  it('is not moved by an instance whose clock is behind', async () => {
    const sightings = createTableSightings(new MemoryTable());
    expect(await occurrenceOf(HASH, 100_000, sightings)).toBe(100_000);
    expect(await occurrenceOf(HASH, 95_000, sightings)).toBe(100_000);
  });

  it('rejects when the table does not answer', async () => {
    const table = new MemoryTable();
    table.goDown();
    await expect(occurrenceOf(HASH, 1, createTableSightings(table))).rejects.toThrow(
      'the table storage does not answer',
    );
  });
});

describe('approximateOccurrence', () => {
  it('is one for each half minute', () => {
    fc.assert(
      fc.property(fc.nat(), (nowMs) => {
        const start = approximateOccurrence(nowMs);
        expect(start % 30_000).toBe(0);
        expect(nowMs - start).toBeGreaterThanOrEqual(0);
        expect(nowMs - start).toBeLessThan(30_000);
      }),
    );
  });
});

describe('sightings in a table', () => {
  const sighting = { firstSeenMs: 1_770_000_000_123, countsFromMs: 1_770_000_060_456, unconfirmed: false };

  it('are given back as they were stored', async () => {
    const sightings = createTableSightings(new MemoryTable());
    expect(await sightings.addOrGet(HASH, sighting)).toBeUndefined();
    expect(await sightings.addOrGet(HASH, { ...sighting, firstSeenMs: 5 })).toEqual({
      ...sighting,
      version: expect.any(String),
    });
  });

  it('are replaced in the version that was read, and in no other', async () => {
    const sightings = createTableSightings(new MemoryTable());
    await sightings.addOrGet(HASH, sighting);
    const stored = await sightings.addOrGet(HASH, sighting);
    if (stored === undefined) throw new Error('nothing is stored');
    expect(await sightings.replace(HASH, { ...sighting, firstSeenMs: 7 }, stored)).toBe(true);
    expect(await sightings.replace(HASH, { ...sighting, firstSeenMs: 8 }, stored)).toBe(false);
    expect(await sightings.addOrGet(HASH, sighting)).toMatchObject({ firstSeenMs: 7 });
  });

  it('are marked as unconfirmed without losing when they were', async () => {
    const sightings = createTableSightings(new MemoryTable());
    await sightings.markUnconfirmed(HASH);
    expect(await sightings.addOrGet(HASH, sighting)).toBeUndefined();
    await sightings.markUnconfirmed(HASH);
    expect(await sightings.addOrGet(HASH, sighting)).toMatchObject({ ...sighting, unconfirmed: true });
  });

  it('have columns of text and truth values only, which every table takes', async () => {
    const table = new MemoryTable();
    await createTableSightings(table).addOrGet(HASH, sighting);
    expect(table.rows.map(({ columns }) => columns)).toEqual([
      {
        partitionKey: HASH,
        rowKey: 'sighting',
        firstSeen: '2026-02-02T02:40:00.123Z',
        countsFrom: '2026-02-02T02:41:00.456Z',
        unconfirmed: false,
      },
    ]);
  });
});
