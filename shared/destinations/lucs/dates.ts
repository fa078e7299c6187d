import { toUtcTimestamp } from '../../events/timestamp.ts';

/** `dd.MM.yyyy HH:mm:ss`, with up to seven fraction digits and `Z` in answers. */
const DOTTED = /^(\d{2})\.(\d{2})\.(\d{4}) ((?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d)(?:\.(\d{1,7}))?Z?$/i;

/**
 * Reads a time as LUCS writes it: dotted in samples of answers, ISO 8601 in its reference pages, always UTC. Gives RFC 3339
 * in UTC, cut to milliseconds; undefined for anything else, dates that no calendar has among them.
 */
export function readLucsDate(value: string): string | undefined {
  const [, day, month, year, time, fraction = ''] = DOTTED.exec(value.trim()) ?? [];
  return toUtcTimestamp(year === undefined ? value : `${year}-${month}-${day}T${time}.${fraction.padEnd(3, '0')}Z`);
}

/**
 * Writes a time as `DueDate` wants it, in UTC and cut to seconds. The documented pattern is `dd.mm.yyyy hh:MM:ss`; that it
 * means the .NET pattern `dd.MM.yyyy HH:mm:ss` is assumed from the answers, which have 24 hours.
 *
 * @param timestamp RFC 3339 in UTC
 */
export function writeLucsDate(timestamp: string): string {
  const [year, month, day] = timestamp.slice(0, 10).split('-');
  return `${day}.${month}.${year} ${timestamp.slice(11, 19)}`;
}
