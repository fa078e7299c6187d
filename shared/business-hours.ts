import { isTimeZone } from './zoned-time.ts';

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

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** 1970-01-01 was a Thursday. */
const WEEKDAY_OF_EPOCH = 3;

/**
 * How much of the time from one moment to another is business hours, in milliseconds: all moments at which a clock on
 * the wall there shows them. An hour that a clock change repeats counts as often as it passes, one that is left out does
 * not count.
 *
 * @param fromMs, toMs milliseconds since the epoch; nothing passes when `toMs` is the earlier one
 */
export function openMsBetween(hours: BusinessHours, fromMs: number, toMs: number): number {
  const offsetAt = wallClockOffsets(hours.timeZone);
  let openMs = 0;
  for (let startMs = fromMs; startMs < toMs; ) {
    const offsetMs = offsetAt(startMs);
    const endMs = endOfOffset(startMs, Math.min(startMs + DAY_MS, toMs), offsetMs, offsetAt);
    openMs += openMsOnWall(hours, startMs + offsetMs, endMs + offsetMs);
    startMs = endMs;
  }
  return openMs;
}

/** How far local time is ahead of UTC at a moment, in milliseconds. */
function wallClockOffsets(timeZone: string): (atMs: number) => number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  return (atMs) => {
    const second = Math.floor(atMs / 1_000) * 1_000;
    const parts = new Map(format.formatToParts(second).map(({ type, value }) => [type, Number(value)]));
    const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0;
    const wallMs = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
    return wallMs - second;
  };
}

/** The first moment up to `lastMs` from which another offset holds, else `lastMs`. At most a day, so one change at most. */
function endOfOffset(startMs: number, lastMs: number, offsetMs: number, offsetAt: (atMs: number) => number): number {
  if (offsetAt(lastMs) === offsetMs) return lastMs;
  let [before, after] = [startMs, lastMs];
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (offsetAt(middle) === offsetMs) before = middle;
    else after = middle;
  }
  return after;
}

/** Business hours between two readings of the wall clock, each in milliseconds as if it were UTC. */
function openMsOnWall({ days, fromMinute, toMinute }: BusinessHours, fromMs: number, toMs: number): number {
  let openMs = 0;
  for (let day = Math.floor(fromMs / DAY_MS); day * DAY_MS < toMs; day += 1) {
    const weekday = (((day + WEEKDAY_OF_EPOCH) % 7) + 7) % 7;
    if (!days.has(weekday)) continue;
    const opensMs = Math.max(fromMs, day * DAY_MS + fromMinute * MINUTE_MS);
    const closesMs = Math.min(toMs, day * DAY_MS + toMinute * MINUTE_MS);
    openMs += Math.max(0, closesMs - opensMs);
  }
  return openMs;
}
