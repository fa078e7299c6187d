import { ConfigurationError, PermanentError, TransientError } from '../errors.ts';
import {
  type ChangeTriggersOptions,
  deleteObsolete,
  noteUnfinished,
  registerTrigger,
  withoutCurrent,
} from './change-triggers.ts';
import { type DesiredTriggersOptions, desiredTrigger } from './desired-triggers.ts';
import { withTriggerLease } from './trigger-lease.ts';
import { openTrigger, readTrigger } from './trigger-store.ts';
import { type WebhookName, webhookNames, webhookTitles } from './webhook-name.ts';

export interface KeepTriggersOptions extends DesiredTriggersOptions, ChangeTriggersOptions {
  /** Registers also what was removed by hand. */
  readonly isByHand?: boolean;
  /** Registers also what is remembered as registered, and then deletes what that replaced. */
  readonly isAnew?: boolean;
}

export interface KeptTriggers {
  readonly registered: readonly {
    readonly webhook: WebhookName;
    /** Service UPNs. */
    readonly services: readonly string[];
    /** Undefined when Nimbus did not tell it. */
    readonly triggerId: string | undefined;
    /** ISO 8601, in UTC. */
    readonly registeredAt: string;
  }[];
  /** Triggers that were registered or deleted. */
  readonly changed: number;
  /** What stands against the settings, in words for people; such a webhook stays as it is. */
  readonly problems: readonly string[];
  /** Whether another process is at it now, so that nothing was done. */
  readonly isBusy: boolean;
}

/**
 * Makes the triggers at Nimbus what the settings want, going by what the table remembers, because Nimbus lists none.
 * A new trigger is registered before the one that it replaces is deleted, so that no event is missed.
 *
 * @throws TransientError when storage does not answer.
 */
export async function keepTriggers(options: KeepTriggersOptions): Promise<KeptTriggers> {
  const { table, clock } = options;
  let changed = 0;
  const problems: string[] = [];
  const isDone = await withTriggerLease(table, clock, async () => {
    for (const webhook of webhookNames) {
      try {
        await keepTrigger(webhook, options, (count) => {
          changed += count;
        });
      } catch (error) {
        problems.push(...problemsOf(webhook, error));
      }
    }
    return true;
  });
  const records = await Promise.all(
    webhookNames.map(async (webhook) => ({ webhook, record: await readTrigger(table, webhook) })),
  );
  const registered = records.flatMap(({ webhook, record: { current } }) => {
    if (current === undefined) return [];
    const { services, triggerId, registeredAt } = current;
    return [{ webhook, services, triggerId, registeredAt }];
  });
  return { registered, changed, problems, isBusy: isDone === undefined };
}

async function keepTrigger(
  webhook: WebhookName,
  options: KeepTriggersOptions,
  onChanged: (count: number) => void,
): Promise<void> {
  const entry = await openTrigger(options.table, webhook);
  await noteUnfinished(webhook, entry, options.log);
  if (entry.record.isStopped && options.isByHand === true) await entry.update({ isStopped: false });
  if (!entry.record.isStopped) {
    const { current } = entry.record;
    const desired = await desiredTrigger(webhook, current?.services ?? [], options);
    if (desired === undefined) {
      if (current !== undefined) await entry.update(withoutCurrent(entry));
    } else if (options.isAnew === true || desired.hash !== current?.hash) {
      await registerTrigger(webhook, desired, entry, options);
      onChanged(1);
    }
  }
  onChanged(await deleteObsolete(webhook, entry, options));
}

export interface RemovedTriggers {
  readonly removed: number;
  readonly problems: readonly string[];
  readonly isBusy: boolean;
}

/** Removes every trigger that is remembered; the webhooks stay away until somebody registers by hand. */
export async function removeTriggers(options: ChangeTriggersOptions): Promise<RemovedTriggers> {
  let removed = 0;
  const problems: string[] = [];
  const isDone = await withTriggerLease(options.table, options.clock, async () => {
    for (const webhook of webhookNames) {
      try {
        const entry = await openTrigger(options.table, webhook);
        await noteUnfinished(webhook, entry, options.log);
        await entry.update({ ...withoutCurrent(entry), isStopped: true });
        removed += await deleteObsolete(webhook, entry, options);
      } catch (error) {
        problems.push(...problemsOf(webhook, error));
      }
    }
    return true;
  });
  return { removed, problems, isBusy: isDone === undefined };
}

/** Anything unexpected goes on up. */
function problemsOf(webhook: WebhookName, error: unknown): readonly string[] {
  if (error instanceof ConfigurationError) return error.problems;
  if (error instanceof PermanentError || error instanceof TransientError) {
    return [`webhook for ${webhookTitles[webhook]}: ${error.message}`];
  }
  throw error;
}
