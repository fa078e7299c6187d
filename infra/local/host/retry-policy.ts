import * as z from '../../../shared/zod.ts';
import type { HostRetry } from './host-json.ts';

/** How often and after which delays a failed run is repeated. */
export interface RetryPolicy {
  /** -1: for ever. */
  maxRetryCount: number;
  /** The delay before retry number `retry` (1 is the first). */
  delayMs(retry: number, random: () => number): number;
}

const duration = z.object({ seconds: z.number() });
const count = z.int().check(z.gte(-1));

const schema = z.discriminatedUnion('retryStrategy', [
  z.looseObject({ retryStrategy: z.literal('fixedDelay'), maxRetryCount: count, delayInterval: duration }),
  z.looseObject({
    retryStrategy: z.literal('exponentialBackoff'),
    maxRetryCount: count,
    minimumInterval: duration,
    maximumInterval: duration,
  }),
]);

/** Reads the `retryOptions` that the library registered, or reports why it cannot. */
export function readRetryOptions(
  options: Record<string, unknown>,
  report: (problem: string) => void,
): RetryPolicy | undefined {
  const parsed = schema.safeParse(options);
  if (!parsed.success) {
    report("its retry needs strategy 'fixedDelay' with delayInterval, or 'exponentialBackoff' with both intervals");
    return undefined;
  }
  const policy = parsed.data;
  return policy.retryStrategy === 'fixedDelay'
    ? fixed(policy.maxRetryCount, policy.delayInterval.seconds * 1000)
    : exponential(policy.maxRetryCount, policy.minimumInterval.seconds * 1000, policy.maximumInterval.seconds * 1000);
}

/** The app-wide policy of host.json. */
export function hostRetryPolicy(retry: HostRetry): RetryPolicy {
  return retry.strategy === 'fixedDelay'
    ? fixed(retry.maxRetryCount, retry.delayInterval)
    : exponential(retry.maxRetryCount, retry.minimumInterval, retry.maximumInterval);
}

function fixed(maxRetryCount: number, delayMs: number): RetryPolicy {
  return { maxRetryCount, delayMs: () => delayMs };
}

/** Doubles from the minimum up to the maximum, each step spread by a fifth so that instances do not retry together. */
function exponential(maxRetryCount: number, minimumMs: number, maximumMs: number): RetryPolicy {
  return {
    maxRetryCount,
    delayMs: (retry, random) => {
      const spread = 0.8 + random() * 0.4;
      const growth = retry <= 1 ? 0 : minimumMs * (2 ** (retry - 1) - 1) * spread;
      return Math.min(maximumMs, minimumMs + growth);
    },
  };
}
