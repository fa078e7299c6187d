import { nimbusSource } from '../events/nimbus-source.ts';
import type { Table } from '../storage/table.ts';
import * as z from '../zod.ts';
import { serviceKey } from './service-key.ts';

export interface LastEventsOptions {
  readonly table: Table;
  /** UPNs of the services to remember; events of others leave no trace. */
  readonly services: readonly string[];
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
}

/** When the last event of each service came, on whichever instance it arrived; exact to about a minute. */
export interface LastEvents {
  /**
   * Notes that an event of this CloudEvents source came. Nobody has to wait for it and it never fails: a time that could
   * not be stored is stored with the next event.
   */
  note(source: string): Promise<void>;
  /** Milliseconds since the epoch, or undefined when none came yet. @throws TransientError */
  get(service: string): Promise<number | undefined>;
}

/** A process stores each service's time no more often, so that a busy service costs no table call per event. */
const ONCE_PER_MS = 60_000;

const ROW_KEY = 'last-event';

const storedTime = z.object({ at: z.string() });

export function createLastEvents({ table, services, clock }: LastEventsOptions): LastEvents {
  const serviceBySource = new Map(services.map((service) => [nimbusSource(service), service]));
  const storedMs = new Map<string, number>();

  async function store(service: string, atMs: number): Promise<void> {
    const partitionKey = serviceKey(service);
    const row = { partitionKey, rowKey: ROW_KEY, at: new Date(atMs).toISOString() };
    const stored = await table.get(partitionKey, ROW_KEY);
    // Losing against another process means that its time is as good.
    if (stored === undefined) await table.insert(row);
    else if (timeIn(stored.columns) < atMs) await table.replace(row, stored.version);
  }

  return {
    async note(source) {
      const service = serviceBySource.get(source);
      const nowMs = clock();
      if (service === undefined || nowMs - (storedMs.get(service) ?? Number.NEGATIVE_INFINITY) < ONCE_PER_MS) return;
      storedMs.set(service, nowMs);
      try {
        await store(service, nowMs);
      } catch {
        storedMs.delete(service);
      }
    },
    async get(service) {
      const row = await table.get(serviceKey(service), ROW_KEY);
      return row && timeIn(row.columns);
    },
  };
}

function timeIn(columns: Readonly<Record<string, unknown>>): number {
  return Date.parse(z.parse(storedTime, columns).at);
}
