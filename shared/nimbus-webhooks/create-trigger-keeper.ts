import type { NimbusClient } from '../destinations/nimbus/client.ts';
import type { Log } from '../log.ts';
import { type KeepTriggersOptions, keepTriggers } from './keep-triggers.ts';
import { cachedLookups } from './lookup-values.ts';

export interface TriggerKeeperOptions extends Pick<KeepTriggersOptions, 'baseUrl' | 'webhooks' | 'table' | 'clock'> {
  readonly nimbus: NimbusClient;
}

/** Keeps the triggers, and says in the log what stands against that. @throws TransientError when storage does not answer. */
export type TriggerKeeper = (log: Log) => Promise<void>;

/** For one process that keeps them again and again. */
export function createTriggerKeeper(options: TriggerKeeperOptions): TriggerKeeper {
  const lookups = cachedLookups(options.nimbus, options.clock);
  return async (log) => {
    const { problems } = await keepTriggers({ ...options, lookups, log });
    for (const problem of problems) log.error(`Nimbus webhooks: ${problem}`);
  };
}
