import type { Table } from '../storage/table.ts';
import * as z from '../zod.ts';

const watchedService = z.object({
  hadTasks: z.boolean(),
  hadSchedulerEntries: z.boolean(),
  isLost: z.boolean(),
  countsFromMs: z.number(),
});

/**
 * What is remembered of a service from one look to the next.
 *
 * - `hadTasks`, `hadSchedulerEntries`: whether the account could ever watch the one or the other.
 * - `isLost`: access to it was lost, and the webhooks were not registered anew since.
 * - `countsFromMs`: silence counts from here at the earliest; milliseconds since the epoch.
 */
export type WatchedService = z.infer<typeof watchedService>;

export interface SilenceState {
  readonly isSilent: boolean;
  /** By UPN in lower case. A service that the settings no longer name is forgotten. */
  readonly services: ReadonlyMap<string, WatchedService>;
}

/** What all instances know about the silence of Nimbus. Both methods reject with a TransientError when storage does not answer. */
export interface SilenceStore {
  /** Not silent, and no services, before the first look. */
  read(): Promise<SilenceState>;
  write(state: SilenceState): Promise<void>;
}

const KEYS = { partitionKey: 'nimbus', rowKey: 'silence' };

const json = z.pipe(
  z.string(),
  z.transform((text): unknown => JSON.parse(text)),
);

const storedState = z.object({
  isSilent: z.boolean(),
  services: z.pipe(json, z.array(z.tuple([z.string(), watchedService]))),
});

export function createSilenceStore(table: Table): SilenceStore {
  const get = () => table.get(KEYS.partitionKey, KEYS.rowKey);
  return {
    async read() {
      const row = await get();
      if (row === undefined) return { isSilent: false, services: new Map() };
      const { isSilent, services } = z.parse(storedState, row.columns);
      return { isSilent, services: new Map(services) };
    },
    async write({ isSilent, services }) {
      const row = { ...KEYS, isSilent, services: JSON.stringify([...services]) };
      const stored = await get();
      // A look that is overtaken by another one leaves the row to it: that one knows as much.
      if (stored === undefined) await table.insert(row);
      else await table.replace(row, stored.version);
    },
  };
}
