import { TransientError } from '../../errors.ts';
import type { Row, StoredRow, Table } from '../../storage/table.ts';
import * as z from '../../zod.ts';
import { within } from '../within.ts';
import type { BoundaryEntry } from './boundary.ts';

const memberSchema = z.object({
  state: z.enum(['joining', 'synced']),
  /** Last sign of life, by the member's clock. */
  beatMs: z.number(),
  /**
   * The bus has confirmed what the member received before, to itself or to the leader that it follows. Earlier versions do
   * not say.
   */
  confirmedMs: z.optional(z.number()),
});

const changeSchema = z.object({
  /** Its name. */
  epoch: z.string(),
  /** When it begins, by the leader's clock. */
  atMs: z.number(),
  /** From when on the leader has told all that it received. */
  fromMs: z.number(),
  /** Members that were there when it was announced, and so have everything from its beginning on. */
  joiners: z.array(z.string()),
  /** The former epoch. */
  former: z.string(),
  /** How many rows the boundary takes; without it the epoch is announced only. */
  parts: z.optional(z.number()),
});

const groupSchema = z.object({
  /** The epoch in which the synced members count. */
  epoch: z.string(),
  leader: z.string(),
  /** When the epoch's line began: the leader of that time has received nothing before. */
  sinceMs: z.number(),
  /** The leader's word that no new epoch concerns what is received before. */
  steadyUntilMs: z.number(),
  members: z.record(z.string(), memberSchema),
  /** Members that are gone heard the hub until then; those that fell silent are in `members` for a while. */
  heardUntilMs: z.optional(z.number()),
  /** The last change of the epoch. */
  change: z.optional(changeSchema),
});

const partSchema = z.object({
  epoch: z.string(),
  epochs: z.array(z.string()),
  /** Key, cut, count, and the epoch's place in `epochs`. */
  entries: z.array(z.tuple([z.string(), z.number(), z.number(), z.number()])),
});

export type Member = z.infer<typeof memberSchema>;
export type EpochChange = z.infer<typeof changeSchema>;
/** What all relays of a group know of each other: one row, so that each change of it is one decision. */
export type Group = z.infer<typeof groupSchema>;

export interface StoredGroup {
  readonly group: Group;
  readonly version: string;
}

/** Every method rejects with a TransientError when the table does not answer in time. */
export interface GroupTable {
  read(): Promise<StoredGroup | undefined>;
  /** Whether it was written: not so when another relay has written since `version` (undefined: there was no row). */
  write(group: Group, version: string | undefined): Promise<boolean>;
  /** How many rows were written. */
  writeBoundary(epoch: string, entries: readonly BoundaryEntry[]): Promise<number>;
  /** Undefined when another boundary has taken its place. */
  readBoundary(epoch: string, parts: number): Promise<BoundaryEntry[] | undefined>;
}

/** Keeps every row under the table's 32 Ki characters: an entry takes about 35. */
const ENTRIES_PER_PART = 700;

const GROUP_ROW = 'group';

/** @param group tells groups of relays apart in one table */
export function createGroupTable(table: Table, group: string, timeoutMs: number): GroupTable {
  const answer = <Result>(work: Promise<Result>) => within(work, timeoutMs, 'The table of the relays');
  const partKey = (part: number) => `boundary-${part}`;

  async function putPart(part: number, json: string): Promise<void> {
    const row: Row = { partitionKey: group, rowKey: partKey(part), json };
    const known = await answer(table.get(group, partKey(part)));
    const written = await answer(known === undefined ? table.insert(row) : table.replace(row, known.version));
    if (written === undefined) throw new TransientError('another relay wrote the boundary at the same time');
  }

  return {
    read: async () => {
      const row = await answer(table.get(group, GROUP_ROW));
      if (row === undefined) return undefined;
      return { group: parse(groupSchema, row), version: row.version };
    },
    write: async (value, version) => {
      const row: Row = { partitionKey: group, rowKey: GROUP_ROW, json: JSON.stringify(value) };
      const written = await answer(version === undefined ? table.insert(row) : table.replace(row, version));
      return written !== undefined;
    },
    writeBoundary: async (epoch, entries) => {
      const writes: Promise<void>[] = [];
      for (let start = 0; start < entries.length; start += ENTRIES_PER_PART) {
        const some = entries.slice(start, start + ENTRIES_PER_PART);
        const epochs = [...new Set(some.map((entry) => entry.epoch))];
        const places = new Map(epochs.map((name, place) => [name, place]));
        const json = JSON.stringify({
          epoch,
          epochs,
          entries: some.map(({ key, cutMs, count, epoch: name }) => [key, cutMs, count, places.get(name)]),
        });
        writes.push(putPart(writes.length, json));
      }
      await Promise.all(writes);
      return writes.length;
    },
    readBoundary: async (epoch, parts) => {
      const rows = await Promise.all(
        Array.from({ length: parts }, (_, part) => answer(table.get(group, partKey(part)))),
      );
      const entries: BoundaryEntry[] = [];
      for (const row of rows) {
        const part = row && parse(partSchema, row);
        if (part?.epoch !== epoch) return undefined;
        for (const [key, cutMs, count, place] of part.entries) {
          entries.push({ key, cutMs, count, epoch: part.epochs[place] ?? epoch });
        }
      }
      return entries;
    },
  };
}

/** A row that can't be read is left to be mended, or removed, by people: what it said is not known. */
function parse<Schema extends z.ZodMiniType>(schema: Schema, { columns }: StoredRow): z.output<Schema> {
  try {
    return z.parse(schema, JSON.parse(String(columns.json)));
  } catch (cause) {
    throw new TransientError('a row of the relays is damaged: remove it from its table', { cause });
  }
}
