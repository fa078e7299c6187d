import * as z from '../../../zod.ts';
import { readLucsDate } from '../dates.ts';

/**
 * Fields of answers. The published samples disagree about them, so that a field of another type counts as absent: no call
 * fails for a detail that nobody may have asked for.
 */
export const text = z.catch(z.nullish(z.string()), undefined);

export const whole = z.catch(z.nullish(z.int()), undefined);

/** A time as RFC 3339 in UTC, or as it came where it can't be read. Null and absent ones are undefined. */
export function timestamp(value: string | null | undefined): string | undefined {
  return typeof value === 'string' ? (readLucsDate(value) ?? value) : undefined;
}
