/** The ACD writes and reads times in the zone of its installation, without naming it. */

/** `yyyy-MM-ddTHH:mm:ss.SSS` in the given IANA zone. */
export function formatLocalTimestamp(epochMs: number, timeZone: string): string {
  const parts = new Map<string, string>(
    new Intl.DateTimeFormat('en-GB', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
      fractionalSecondDigits: 3,
    })
      .formatToParts(epochMs)
      .map(({ type, value }) => [type, value]),
  );
  const part = (type: string) => parts.get(type) ?? '';
  const date = `${part('year').padStart(4, '0')}-${part('month')}-${part('day')}`;
  return `${date}T${part('hour')}:${part('minute')}:${part('second')}.${part('fractionalSecond')}`;
}

/** `yyyy-MM-ddTHH:mm:ss.SSS+02:00`: the local time with its offset, which a few tables have. */
export function formatZonedTimestamp(epochMs: number, timeZone: string): string {
  const local = formatLocalTimestamp(epochMs, timeZone);
  const offsetMinutes = Math.round((Date.parse(`${local}Z`) - epochMs) / 60_000);
  const size = Math.abs(offsetMinutes);
  const hours = String(Math.floor(size / 60)).padStart(2, '0');
  return `${local}${offsetMinutes < 0 ? '-' : '+'}${hours}:${String(size % 60).padStart(2, '0')}`;
}

/** `yyyy-MM-ddTHH:mm:ss.ffffffZ`: UTC with microseconds, which are below a clock's millisecond. */
export function formatUtcTimestamp(epochMs: number): string {
  return new Date(epochMs).toISOString().replace('Z', '000Z');
}

/** `yyyy-mm-dd` or `yyyymmdd` of a day that exists, as `yyyy-mm-dd`; undefined for anything else. */
export function readDate(text: string): string | undefined {
  const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text) ?? /^(\d{4})(\d{2})(\d{2})$/.exec(text) ?? [];
  if (year === undefined) return undefined;
  const date = `${year}-${month}-${day}`;
  const parsed = new Date(`${date}T00:00:00Z`);
  return !Number.isNaN(parsed.getTime()) && parsed.toISOString().startsWith(date) ? date : undefined;
}

/** `hh:mm` or `hhmm` of the 24-hour day, as `hh:mm`; undefined for anything else. */
export function readTime(text: string): string | undefined {
  const [, hour, minute] = /^([01]\d|2[0-3]):?([0-5]\d)$/.exec(text) ?? [];
  return hour === undefined ? undefined : `${hour}:${minute}`;
}

/**
 * When an event may be distributed at the earliest. A date alone means its midnight; a time alone its next occurrence
 * (which counts the current minute as not yet past). Null without either. `now` is a local timestamp.
 */
export function appointmentOf(date: string | null, time: string | null, now: string): string | null {
  if (date === null && time === null) return null;
  if (date !== null) return `${date}T${time ?? '00:00'}:00.000`;
  const [today = '', clock = ''] = now.split('T');
  const isPast = (time ?? '') < clock.slice(0, 5);
  return `${isPast ? dayAfter(today) : today}T${time}:00.000`;
}

function dayAfter(date: string): string {
  const day = new Date(`${date}T00:00:00Z`);
  day.setUTCDate(day.getUTCDate() + 1);
  return day.toISOString().slice(0, 10);
}
