import { backoffMs } from '../delivery/retry-timing.ts';
import { PermanentError, TransientError } from '../errors.ts';
import type { HubLinkOptions, HubLinkTiming } from './hub-link-options.ts';
import { sleep } from './sleep.ts';
import type { Subscription } from './subscription.ts';
import type { SubscriptionRules } from './subscription-rules.ts';

export interface ReadSnapshotsOptions
  extends Pick<HubLinkOptions, 'enreach' | 'onSnapshot' | 'clock' | 'random' | 'log'>,
    Pick<HubLinkTiming, 'reconnect'> {
  /** Name the users whose queues there are, besides the user who signs in. */
  readonly rules: SubscriptionRules;
  /** Those that have missed something. */
  readonly subscriptions: readonly Subscription[];
  /** Ends the attempts. */
  readonly signal: AbortSignal;
}

/**
 * Reads the present state of the queues whose QueueStatus was missed, and tries that until it is done. Never rejects.
 */
export async function readSnapshots(options: ReadSnapshotsOptions): Promise<void> {
  const { enreach, onSnapshot, rules, subscriptions, clock, random, log, signal } = options;
  const missing = new Set(
    subscriptions.flatMap(({ entityId, eventName }) => (eventName.toLowerCase() === 'queuestatus' ? [entityId] : [])),
  );
  const users = new Set(['me', ...rules.flatMap((rule) => ('queuesOf' in rule ? [rule.queuesOf] : []))]);
  for (let attempt = 1; missing.size > 0 && users.size > 0 && !signal.aborted; attempt += 1) {
    let waitMs = backoffMs(attempt, options.reconnect, random());
    for (const user of users) {
      try {
        const queues = await enreach.queuesOf(user === 'me' ? await enreach.ownUserId() : user);
        users.delete(user);
        if (signal.aborted) return;
        for (const { id, status } of queues) {
          if (status !== undefined && missing.delete(id)) onSnapshot({ queueId: id, status, readAtMs: clock() });
        }
      } catch (error) {
        log.warn('queue status not read', { reason: error instanceof Error ? error.message : undefined });
        if (error instanceof PermanentError) users.delete(user);
        if (error instanceof TransientError) waitMs = Math.max(waitMs, error.retryAfterMs ?? 0);
      }
    }
    if (missing.size > 0 && users.size > 0) await sleep(waitMs, signal);
  }
  if (missing.size > 0 && !signal.aborted) log.warn('queues without a status in EnreachAPI', { count: missing.size });
}
