import { fromLocal, toLocal } from '../zoned-time.ts';

const ISO = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2})?)(?:\.(\d+))?\s*(Z|[+-]\d{2}:?\d{2})?$/i;

/**
 * Reads an ISO 8601 time with zero to many fractional digits, with `Z`, an offset or neither, as RFC 3339 in UTC with
 * milliseconds. Anything else gives `undefined`. Nimbus documents no format at all.
 *
 * @param timeZone IANA name of the zone of times that carry none; see {@link fromLocal} for those that clock changes
 *   repeat or leave out
 */
export function toUtcTimestamp(value: string | undefined, timeZone = 'UTC'): string | undefined {
  const match = ISO.exec(value?.trim() ?? '');
  if (match === null) return undefined;
  const [, date, time, fraction = '', ownZone] = match;
  const zone = ownZone ?? 'Z';
  const offset = /^[+-]\d{4}$/.test(zone) ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone.toUpperCase();
  const parsed = new Date(
    `${date}T${time}.${fraction.padEnd(3, '0').slice(0, 3)}${offset}`.replace(/T(\d{2}:\d{2})\./, 'T$1:00.'),
  );
  if (Number.isNaN(parsed.getTime()) || !isCalendarDate(date)) return undefined;
  const isLocal = ownZone === undefined && timeZone !== 'UTC';
  const epochMs = isLocal ? fromLocal(toLocal(parsed.getTime(), 'UTC'), timeZone) : parsed.getTime();
  if (epochMs === undefined) return undefined;
  const utc = new Date(epochMs).toISOString();
  // An offset can lead out of the years that RFC 3339 can write.
  return /^\d{4}-/.test(utc) ? utc : undefined;
}

/** JavaScript reads 30 February as 2 March. */
function isCalendarDate(date: string | undefined): boolean {
  return new Date(`${date}T00:00:00Z`).toISOString().slice(0, 10) === date;
}
