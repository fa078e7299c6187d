import type { TriggerOperations } from '../destinations/nimbus/triggers/client.ts';
import { PermanentError, TransientError } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Table } from '../storage/table.ts';
import type { DesiredTrigger } from './desired-triggers.ts';
import { type OpenRecord, readTrigger } from './trigger-store.ts';
import type { WebhookName } from './webhook-name.ts';

export interface ChangeTriggersOptions {
  readonly table: Table;
  readonly nimbus: TriggerOperations;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  readonly log: Log;
}

/** Enough to tell people; more would only say it again. */
const MAX_UNREMOVABLE = 20;

/**
 * A registration that began and never ended may have left a trigger behind. Nimbus lists no triggers, so it can only be
 * noted: its events come twice, and the second of each is dropped where events are received.
 */
export async function noteUnfinished(webhook: WebhookName, entry: OpenRecord, log: Log): Promise<void> {
  const { registeringSince, unremovable } = entry.record;
  if (registeringSince === undefined) return;
  log.warn('a registration was not finished: Nimbus may keep a trigger that nobody can remove', {
    webhook,
    began: registeringSince,
  });
  await entry.update({ registeringSince: undefined, unremovable: withUnremovable(unremovable, registeringSince) });
}

/** Registers a trigger and makes it the current one; what it replaces becomes obsolete, and is not deleted yet. */
export async function registerTrigger(
  webhook: WebhookName,
  desired: DesiredTrigger,
  entry: OpenRecord,
  options: ChangeTriggersOptions,
): Promise<void> {
  const { table, clock, log } = options;
  const registeredAt = new Date(clock()).toISOString();
  // Whoever else is at it fails at this write, and before its call: they never register both.
  await entry.update({ registeringSince: registeredAt });
  const triggerId = await desired.register().catch(async (error: unknown) => {
    if (isTakenWithoutId(error)) return undefined;
    if (isRefused(error)) await entry.update({ registeringSince: undefined });
    throw error;
  });
  const current = { hash: desired.hash, services: [...desired.services], triggerId, registeredAt };
  try {
    await entry.update({ ...withoutCurrent(entry), registeringSince: undefined, current });
  } catch (error) {
    // Storage may have kept it, and only its answer was lost.
    const isKept = (await readTrigger(table, webhook)).current?.triggerId === triggerId;
    if (!isKept && triggerId !== undefined) await deleteTrigger(webhook, triggerId, options);
    throw error;
  }
  log.info('webhook registered with Nimbus', { webhook, services: desired.services.length, triggerId });
  if (triggerId === undefined) {
    log.warn("Nimbus did not tell the trigger's id: it can't be removed again", { webhook });
  }
}

/** The changes after which the current trigger is to be deleted, or is known to be beyond that. */
export function withoutCurrent({ record: { current, obsolete, unremovable } }: OpenRecord) {
  if (current === undefined) return {};
  if (current.triggerId !== undefined) return { current: undefined, obsolete: [...obsolete, current.triggerId] };
  return { current: undefined, unremovable: withUnremovable(unremovable, current.registeredAt) };
}

/** Deletes what was replaced or is to be removed, and gives how many there were. */
export async function deleteObsolete(
  webhook: WebhookName,
  entry: OpenRecord,
  options: ChangeTriggersOptions,
): Promise<number> {
  const { obsolete } = entry.record;
  for (const triggerId of obsolete) {
    const wasThere = await deleteTrigger(webhook, triggerId, options);
    await entry.update({ obsolete: entry.record.obsolete.filter((id) => id !== triggerId) });
    options.log.info(wasThere ? 'webhook removed from Nimbus' : 'webhook was gone from Nimbus already', {
      webhook,
      triggerId,
    });
  }
  return obsolete.length;
}

function deleteTrigger(webhook: WebhookName, triggerId: string, { nimbus }: ChangeTriggersOptions): Promise<boolean> {
  return webhook === 'task'
    ? nimbus.deleteTaskEventsTrigger(triggerId)
    : nimbus.deleteSchedulerEntriesTrigger(triggerId);
}

function withUnremovable(unremovable: readonly string[], registeredAt: string): string[] {
  return [...unremovable, registeredAt].slice(-MAX_UNREMOVABLE);
}

/** The client's own words, because Nimbus's answer was a success. */
function isTakenWithoutId(error: unknown): boolean {
  return (
    error instanceof PermanentError &&
    error.httpStatus === undefined &&
    error.message.includes("can't be removed again")
  );
}

/** Whether Nimbus certainly registered nothing. No answer, a timeout or an internal error leaves that open. */
function isRefused(error: unknown): boolean {
  if (!(error instanceof PermanentError || error instanceof TransientError)) return false;
  const { httpStatus = 0 } = error;
  return httpStatus >= 400 && httpStatus < 500 && httpStatus !== 408;
}
