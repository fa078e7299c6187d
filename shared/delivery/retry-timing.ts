/** Exponential backoff with full jitter: a random delay between 0 and `base · 2^(attempt-1)`, capped. */
export interface Backoff {
  readonly baseMs: number;
  readonly capMs: number;
}

/** @param attempt the try that just failed, from 1. @param random between 0 and 1. */
export function backoffMs(attempt: number, { baseMs, capMs }: Backoff, random: number): number {
  const ceiling = Math.min(capMs, baseMs * 2 ** Math.min(attempt - 1, 30));
  return Math.round(random * ceiling);
}

/** The three forms of an HTTP date, as far as they differ from other texts that `Date.parse` takes for dates. */
const HTTP_DATE = /^(mon|tue|wed|thu|fri|sat|sun)[a-z]*,? .*\d{2}:\d{2}:\d{2}/i;

/**
 * Reads a `Retry-After` header (RFC 9110 §10.2.3: seconds or an HTTP date) as milliseconds from now.
 * Undefined when there is none or it can't be read; never negative.
 */
export function retryAfterMs(header: string | null | undefined, nowMs: number): number | undefined {
  const value = header?.trim() ?? '';
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1000;
  if (!HTTP_DATE.test(value)) return undefined;
  // The oldest form names no zone; like the others it is in GMT.
  const date = Date.parse(/gmt$/i.test(value) ? value : `${value} GMT`);
  return Number.isNaN(date) ? undefined : Math.max(0, date - nowMs);
}
