/** What a calendar and a clock on the wall show in some time zone. */
export interface LocalTime {
  /** `yyyy-mm-dd` */
  readonly date: string;
  /** `hh:mm:ss.sss` of the 24-hour day; `hh:mm` and `hh:mm:ss` are read as well. */
  readonly time: string;
}

const DAY_MS = 24 * 60 * 60_000;

/** Whether this is the name of a time zone, such as `Europe/Berlin`. */
export function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

/**
 * What calendar and clock show at a moment.
 *
 * @param epochMs milliseconds since the epoch
 * @param timeZone IANA name, such as `Europe/Berlin`
 * @throws RangeError when there is no such zone
 */
export function toLocal(epochMs: number, timeZone: string): LocalTime {
  const [date = '', time = ''] = new Date(epochMs + offsetsOf(timeZone)(epochMs)).toISOString().slice(0, -1).split('T');
  return { date, time };
}

/**
 * The moment at which calendar and clock show `local`, in milliseconds since the epoch; undefined when there is no such
 * date or time of day. Of two moments (clocks were put back) it is the first. A time that is left out (clocks were put
 * forward) is read as if they had not been changed yet. Temporal calls that rule "compatible".
 *
 * @param timeZone IANA name, such as `Europe/Berlin`
 * @throws RangeError when there is no such zone
 */
export function fromLocal({ date, time }: LocalTime, timeZone: string): number | undefined {
  const wallMs = Date.parse(`${date}T${time}Z`);
  if (Number.isNaN(wallMs) || !isOnThatDay(wallMs, date, time)) return undefined;
  const offsetAt = offsetsOf(timeZone);
  const before = wallMs - offsetAt(wallMs - DAY_MS);
  const after = wallMs - offsetAt(wallMs + DAY_MS);
  const shownAt = [before, after].filter((epochMs) => epochMs + offsetAt(epochMs) === wallMs);
  return shownAt.length > 0 ? Math.min(...shownAt) : before;
}

/** JavaScript reads 30 February as 2 March, and 24:00 as the next day's midnight. */
function isOnThatDay(wallMs: number, date: string, time: string): boolean {
  return new Date(wallMs).toISOString().startsWith(`${date}T${time}`);
}

/** How far local time is ahead of UTC at a moment, in milliseconds. */
function offsetsOf(timeZone: string): (epochMs: number) => number {
  const format = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' });
  return (epochMs) => {
    const name = format.formatToParts(epochMs).find(({ type }) => type === 'timeZoneName')?.value ?? '';
    const [, sign, hours, minutes, seconds = 0] = /([+-])(\d\d):(\d\d)(?::(\d\d))?$/.exec(name) ?? [];
    if (sign === undefined) return 0;
    const offsetMs = (Number(hours) * 3_600 + Number(minutes) * 60 + Number(seconds)) * 1_000;
    return sign === '-' ? -offsetMs : offsetMs;
  };
}
