import type { NimbusClient } from '../destinations/nimbus/client.ts';
import { TransientError } from '../errors.ts';
import { withoutCurrent } from './change-triggers.ts';
import { type KeepTriggersOptions, keepTriggers } from './keep-triggers.ts';
import { withTriggerLease } from './trigger-lease.ts';
import { openTrigger } from './trigger-store.ts';
import { webhookNames } from './webhook-name.ts';

export interface RegisterAnewOptions extends Omit<KeepTriggersOptions, 'lookups' | 'isByHand'> {
  readonly nimbus: NimbusClient;
}

/**
 * Registers the webhooks although they are remembered as registered: Nimbus disables triggers without a word, and does
 * not say which. The old ones are deleted after the new ones are registered. Webhooks that were removed by hand stay away.
 *
 * @throws TransientError when storage does not answer, or not every webhook could be registered. What is missing then is
 * registered when the triggers are kept the next time.
 */
export async function registerAnew(options: RegisterAnewOptions): Promise<void> {
  const { table, clock, nimbus } = options;
  const areForgotten = await withTriggerLease(table, clock, async () => {
    for (const webhook of webhookNames) {
      const entry = await openTrigger(table, webhook);
      if (entry.record.current !== undefined) await entry.update(withoutCurrent(entry));
    }
    return true;
  });
  // What Nimbus offers is asked now: an answer from before access came back would not do.
  const kept = areForgotten === undefined ? undefined : await keepTriggers({ ...options, lookups: nimbus });
  if (kept === undefined || kept.isBusy) throw new TransientError('another process changes the webhooks now');
  if (kept.problems.length > 0) {
    throw new TransientError(
      'not every webhook could be registered: run "npm run nimbus:triggers -- register" to see why',
    );
  }
}
