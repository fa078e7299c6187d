import type { NimbusClient } from '../destinations/nimbus/client.ts';
import { TransientError } from '../errors.ts';
import { type KeepTriggersOptions, keepTriggers } from './keep-triggers.ts';

export interface RegisterAnewOptions extends Omit<KeepTriggersOptions, 'lookups' | 'isByHand' | 'isAnew'> {
  readonly nimbus: NimbusClient;
}

/**
 * Registers the webhooks although they are remembered as registered: Nimbus disables triggers without a word, and does
 * not say which. The old ones are deleted after the new ones are registered. Webhooks that were removed by hand stay away.
 *
 * @throws TransientError when storage does not answer, or not every webhook could be registered; it is to be called again
 * then. What could not be registered stays remembered as it was.
 */
export async function registerAnew(options: RegisterAnewOptions): Promise<void> {
  // What Nimbus offers is asked now: an answer from before access came back would not do.
  const { isBusy, problems } = await keepTriggers({ ...options, lookups: options.nimbus, isAnew: true });
  if (isBusy) throw new TransientError('another process changes the webhooks now');
  if (problems.length > 0) {
    throw new TransientError(
      'not every webhook could be registered: run "npm run nimbus:triggers -- register" to see why',
    );
  }
}
