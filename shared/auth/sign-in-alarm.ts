import { formatLogLine, type Log } from '../log.ts';

const ONCE_PER_MS = 3_600_000;

/** For what belongs to no invocation: the Functions host takes a process's standard error into its own log. */
export const processLog: Pick<Log, 'warn' | 'error'> = {
  warn: (message, fields) => console.warn(formatLogLine(message, fields)),
  error: (message, fields) => console.error(formatLogLine(message, fields)),
};

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
