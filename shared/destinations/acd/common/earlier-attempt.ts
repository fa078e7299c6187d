import { readTimestamp } from './timestamp.ts';

/** jtel's clock may be behind ours by as much. */
const CLOCKS_DIFFER_BY_MS = 60_000;

/**
 * Whether a record's timestamp shows that it was made since the first attempt of a delivery. One that doesn't tell may
 * be older: to do something twice is better than to lose it.
 *
 * @param created jtel's `dtCreated`
 * @param timeZone IANA name
 * @param firstAttemptMs milliseconds since the epoch
 */
export function isMadeSince(created: string | null | undefined, timeZone: string, firstAttemptMs: number): boolean {
  const createdMs = readTimestamp(created ?? '', timeZone);
  return createdMs !== undefined && createdMs >= firstAttemptMs - CLOCKS_DIFFER_BY_MS;
}

/** Whether a record shows this value, or does not show it at all: jtel publishes parts of its records only. */
export function mayShow<Value>(shown: Value | null | undefined, value: Value | undefined): boolean {
  return shown === null || shown === undefined || shown === value;
}
