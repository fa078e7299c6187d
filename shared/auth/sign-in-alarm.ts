import type { Log } from '../log.ts';

const ONCE_PER_MS = 3_600_000;

/**
 * Says once an hour at most, per process, that a person has to sign in: `alarm name=nimbus-sign-in …`.
 * Alert on that line; every delivery to Nimbus waits until it was done.
 */
export function signInAlarm(clock: () => number, log: Pick<Log, 'error'>): (reason: string) => void {
  let lastMs: number | undefined;
  return (reason) => {
    if (lastMs !== undefined && clock() - lastMs < ONCE_PER_MS) return;
    lastMs = clock();
    log.error('alarm', { name: 'nimbus-sign-in', reason, run: 'npm run nimbus:login' });
  };
}
