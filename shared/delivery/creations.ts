import { createHash } from 'node:crypto';
import type { Created } from '../destinations/step.ts';
import { TransientError } from '../errors.ts';
import type { Table } from '../storage/table.ts';
import * as z from '../zod.ts';
import type { DeliveryKey, Ledger } from './ledger.ts';

/** Leads from a subject to the delivery that creates something for it, so that later deliveries find what that was. */
export interface Creations {
  /** To be called before the delivery runs. @throws TransientError when storage does not answer. */
  announce(subject: string, step: string, delivery: DeliveryKey): Promise<void>;
  /** The delivery will not run any more. @throws TransientError as above. */
  giveUp(subject: string, step: string, delivery: DeliveryKey): Promise<void>;
  /** What became of the latest delivery of `step` for `subject`. @throws TransientError as above. */
  find(subject: string, step: string): Promise<Created | undefined>;
}

const storedCreation = z.object({
  event: z.string(),
  route: z.string(),
  step: z.pipe(z.string(), z.transform(Number)),
  isGivenUp: z.boolean(),
});

/** One row for each subject and step in the ledger's table, which names the delivery; its outcome stays in the ledger. */
export function createTableCreations(table: Table, ledger: Ledger): Creations {
  async function read(subject: string, step: string) {
    const { partitionKey, rowKey } = keysOf(subject, step);
    const stored = await table.get(partitionKey, rowKey);
    return stored && { creation: z.parse(storedCreation, stored.columns), version: stored.version };
  }

  return {
    async announce(subject, step, delivery) {
      const stored = await read(subject, step);
      if (stored && isSame(stored.creation, delivery) && !stored.creation.isGivenUp) return;
      const row = toRow(subject, step, delivery, false);
      const version = stored === undefined ? await table.insert(row) : await table.replace(row, stored.version);
      if (version === undefined) throw new TransientError('another delivery was announced at the same time');
    },
    async giveUp(subject, step, delivery) {
      const stored = await read(subject, step);
      if (stored === undefined || !isSame(stored.creation, delivery)) return;
      await table.replace(toRow(subject, step, delivery, true), stored.version);
    },
    async find(subject, step) {
      const stored = await read(subject, step);
      if (stored === undefined) return undefined;
      const entry = await ledger.lookUp(stored.creation);
      if (entry?.state === 'done') return { kind: 'done', result: entry.result };
      return { kind: stored.creation.isGivenUp || entry?.state === 'failed' ? 'failed' : 'underway' };
    },
  };
}

function toRow(subject: string, step: string, delivery: DeliveryKey, isGivenUp: boolean) {
  const { event, route, step: position } = delivery;
  return { ...keysOf(subject, step), event, route, step: `${position}`, isGivenUp };
}

/** A subject can hold characters that a table key can't. Keys of deliveries are hashes alone, so they never meet these. */
function keysOf(subject: string, step: string): { partitionKey: string; rowKey: string } {
  return { partitionKey: `subject.${createHash('sha256').update(subject).digest('base64url')}`, rowKey: step };
}

function isSame(a: DeliveryKey, b: DeliveryKey): boolean {
  return a.event === b.event && a.route === b.route && a.step === b.step;
}
