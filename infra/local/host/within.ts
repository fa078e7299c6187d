import { sleep } from './sleep.ts';

/**
 * Waits for a promise, but no longer than the limit.
 *
 * @returns whether it was in time.
 * @throws what the promise rejects with, when it does so in time.
 */
export async function within(limitMs: number, promise: Promise<unknown>): Promise<boolean> {
  const settled = new AbortController();
  const late = sleep(limitMs, settled.signal).then(() => false);
  try {
    return await Promise.race([promise.then(() => true), late]);
  } finally {
    settled.abort();
  }
}
