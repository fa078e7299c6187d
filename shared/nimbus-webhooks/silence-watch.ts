import { SILENT } from '../health.ts';
import type { Log } from '../log.ts';
import type { Table } from '../storage/table.ts';
import { createLastEvents } from './last-events.ts';
import { createSilenceStore } from './silence-store.ts';
import { type WatchSilenceOptions, watchSilence } from './watch-silence.ts';

export interface SilenceWatchOptions extends Omit<WatchSilenceOptions, 'store' | 'lastEvents'> {
  readonly table: Table;
}

/** The watch over the webhooks of Nimbus, as one process takes part in it. */
export interface SilenceWatch {
  /** Notes that an event of this CloudEvents source came. Never rejects. */
  noteEvent(source: string): Promise<void>;
  /** See {@link watchSilence}. */
  watch(log: Log): Promise<void>;
  /** Whether Nimbus was silent at the last look of any process. @throws TransientError */
  check(): Promise<typeof SILENT | undefined>;
}

export function createSilenceWatch({ table, ...options }: SilenceWatchOptions): SilenceWatch {
  const lastEvents = createLastEvents({ table, services: options.services, clock: options.clock });
  const store = createSilenceStore(table);
  return {
    noteEvent: (source) => lastEvents.note(source),
    async watch(log) {
      await watchSilence({ ...options, store, lastEvents }, log);
    },
    check: async () => ((await store.read()).isSilent ? SILENT : undefined),
  };
}
