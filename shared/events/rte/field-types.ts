/**
 * Field types of RTE payloads. Everything but the ids that the bridge needs may be absent: reading drops `null` and
 * empty text before these types see a payload.
 */
import * as z from '../../zod.ts';
import { toUtcTimestamp } from '../timestamp.ts';

export const text = z.optional(z.string());
export const flag = z.optional(z.boolean());
export const integer = z.optional(z.int());
/** .NET's 64-bit integer: beyond 2^53 JSON readers round it. */
export const long = z.optional(z.number());
export const anything = z.optional(z.unknown());

/** A GUID. Its form is not checked, because nothing depends on it; the hub's own are in lower case. */
export const guid = z.optional(z.string().check(z.toLowerCase()));

/** A GUID that the event's subject is made of. */
export const requiredGuid = z.string().check(z.maxLength(256), z.toLowerCase());

/** A time in UTC: real hubs leave the `Z` out and write up to seven fraction digits. */
export const dateTime = z.optional(
  z.pipe(
    z.string(),
    z.transform((value, context) => {
      const time = withZone(value);
      if (time !== undefined) return time;
      context.issues.push({ code: 'custom', message: 'Invalid input: expected an ISO 8601 time', input: value });
      return z.NEVER;
    }),
  ),
);

const UTC = /^\d{4}-\d{2}-\d{2}T(?:[01]\d|2[0-3]):\d{2}:\d{2}(?:\.\d+)?Z?$/;

/** Keeps every fraction digit of a time that needs no conversion: versions may differ by less than a millisecond. */
function withZone(value: string): string | undefined {
  if (!UTC.test(value)) return toUtcTimestamp(value);
  const time = new Date(`${value.slice(0, 19)}Z`);
  // JavaScript reads 30 February as 2 March, and gives no day of what is no time.
  if (time.getUTCDate() !== Number(value.slice(8, 10))) return undefined;
  return value.endsWith('Z') ? value : `${value}Z`;
}
