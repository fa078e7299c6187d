import { toUtcTimestamp } from '../../../events/timestamp.ts';
import { fromLocal } from '../../../zoned-time.ts';

const TIMESTAMP = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2})?)(?:\.(\d+))?\s*(Z|[+-]\d{2}:?\d{2})?$/i;

/**
 * Reads the three forms of jtel's timestamps: `2020-08-09T02:33:50.347` in the installation's own zone (events),
 * `2022-06-17T15:19:12.484+02:00` (service numbers) and `2022-01-04T13:31:37.477546Z` (cockpit variables, calls).
 *
 * @param timeZone IANA name
 * @returns milliseconds since the epoch; undefined when it is something else
 */
export function readTimestamp(raw: string, timeZone: string): number | undefined {
  const [, date = '', time = '', fraction, zone] = TIMESTAMP.exec(raw.trim()) ?? [];
  if (date === '') return undefined;
  if (zone !== undefined) {
    const utc = toUtcTimestamp(raw);
    return utc === undefined ? undefined : Date.parse(utc);
  }
  const milliseconds = fraction === undefined ? '' : `.${fraction.padEnd(3, '0').slice(0, 3)}`;
  return fromLocal(
    { date, time: `${time.length === 5 && milliseconds ? `${time}:00` : time}${milliseconds}` },
    timeZone,
  );
}
