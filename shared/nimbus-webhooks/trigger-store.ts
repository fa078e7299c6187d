import { TransientError } from '../errors.ts';
import type { Table } from '../storage/table.ts';
import * as z from '../zod.ts';
import type { WebhookName } from './webhook-name.ts';

const PARTITION = 'triggers';

/** A time is ISO 8601, in UTC. */
const recordSchema = z.object({
  /** What is registered now; without an id Nimbus did not tell it, and the trigger can't be removed. */
  current: z.optional(
    z.object({
      hash: z.string(),
      services: z.array(z.string()),
      triggerId: z.optional(z.string()),
      registeredAt: z.string(),
    }),
  ),
  /** When a registration began that has not ended yet. */
  registeringSince: z.optional(z.string()),
  /** Ids of triggers that are to be deleted. */
  obsolete: z.array(z.string()),
  /** When triggers were registered, or may have been, whose ids are not known. */
  unremovable: z.array(z.string()),
  /** Removed by hand, and to stay so until somebody registers by hand. */
  isStopped: z.boolean(),
});

/** What is remembered of one webhook. */
export type TriggerRecord = Readonly<z.infer<typeof recordSchema>>;

const NOTHING: TriggerRecord = { obsolete: [], unremovable: [], isStopped: false };

const storedJson = z.object({
  record: z.pipe(
    z.pipe(
      z.string(),
      z.transform((json): unknown => JSON.parse(json)),
    ),
    recordSchema,
  ),
});

/** What is remembered of one webhook, and the right to change it as long as nobody else did. */
export interface OpenRecord {
  readonly record: TriggerRecord;
  /** Changes what is named. @throws TransientError when another process changed it meanwhile. */
  update(changes: { readonly [key in keyof TriggerRecord]?: TriggerRecord[key] | undefined }): Promise<void>;
}

/** Reads what is remembered of a webhook. @throws TransientError when storage does not answer. */
export async function readTrigger(table: Table, webhook: WebhookName): Promise<TriggerRecord> {
  return (await openTrigger(table, webhook)).record;
}

export async function openTrigger(table: Table, webhook: WebhookName): Promise<OpenRecord> {
  const row = await table.get(PARTITION, webhook);
  let version = row?.version;
  let record = row === undefined ? NOTHING : z.parse(storedJson, row.columns).record;
  return {
    get record() {
      return record;
    },
    async update(changes) {
      const changed = z.parse(recordSchema, { ...record, ...changes });
      const columns = { partitionKey: PARTITION, rowKey: webhook, record: JSON.stringify(changed) };
      const written = version === undefined ? await table.insert(columns) : await table.replace(columns, version);
      if (written === undefined) throw new TransientError('another process changed the triggers meanwhile');
      version = written;
      record = changed;
    },
  };
}
