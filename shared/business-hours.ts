const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

/** When a contact centre is open, in its own time zone. */
export interface BusinessHours {
  /** 0 is Monday. */
  readonly days: ReadonlySet<number>;
  /** Minutes since midnight. */
  readonly fromMinute: number;
  readonly toMinute: number;
  /** IANA name. */
  readonly timeZone: string;
}

/** Reads `Mon-Fri 08:00-18:00 Europe/Berlin`; undefined when it is something else. */
export function parseBusinessHours(text: string): BusinessHours | undefined {
  const match = /^(\w{3})-(\w{3}) (\d\d):(\d\d)-(\d\d):(\d\d) (\S+)$/.exec(text.trim());
  if (match === null) return undefined;
  const [, first = '', last = '', fromHour, fromMin, toHour, toMin, timeZone = ''] = match;
  const from = DAYS.indexOf(first.toLowerCase());
  const to = DAYS.indexOf(last.toLowerCase());
  const fromMinute = Number(fromHour) * 60 + Number(fromMin);
  const toMinute = Number(toHour) * 60 + Number(toMin);
  const isValid = from >= 0 && to >= 0 && Number(fromMin) < 60 && Number(toMin) < 60 && fromMinute < toMinute;
  if (!isValid || toMinute > 24 * 60 || !isTimeZone(timeZone)) return undefined;
  const days = new Set(Array.from({ length: ((to - from + 7) % 7) + 1 }, (_, offset) => (from + offset) % 7));
  return { days, fromMinute, toMinute, timeZone };
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
