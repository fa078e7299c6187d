import { Cron } from 'croner';
import { parseTimespanMs } from './timespan.ts';

/** When a timer is due. */
export interface Schedule {
  /** The first occurrence after the given time; both in milliseconds since the epoch. `undefined`: never again. */
  next(afterMs: number): number | undefined;
  /** The least time between two of the next occurrences. */
  readonly shortestIntervalMs: number;
}

/** NCRONTAB knows numbers, `*`, ranges, steps and lists, and names for months and weekdays; nothing of what Quartz adds. */
const plainField = /^[\d*,/-]+$/;
const namedField =
  /^(?:[\d*,/-]|\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|sun|mon|tue|wed|thu|fri|sat)(?:[a-z]*)\b)+$/i;

/**
 * Reads an NCRONTAB expression (six fields with seconds first, or five) or a time span. Times are UTC, as in Azure.
 *
 * @returns `undefined` when the text is neither.
 */
export function parseSchedule(expression: string): Schedule | undefined {
  const intervalMs = parseTimespanMs(expression);
  if (intervalMs !== undefined) {
    if (intervalMs <= 0) return undefined;
    return { next: (afterMs) => afterMs + intervalMs, shortestIntervalMs: intervalMs };
  }
  const fields = expression.trim().split(/\s+/);
  if (fields.length !== 5 && fields.length !== 6) return undefined;
  const plain = fields.slice(0, -2).every((field) => plainField.test(field));
  if (!plain || !fields.slice(-2).every((field) => namedField.test(field))) return undefined;
  return cronSchedule(fields);
}

function cronSchedule(fields: readonly string[]): Schedule | undefined {
  const cron = readCron(fields.map((field) => field.replaceAll(/([a-z]{3})[a-z]*/gi, '$1')).join(' '));
  if (cron === undefined) return undefined;
  const next = (afterMs: number): number | undefined => cron.nextRun(new Date(afterMs))?.getTime();
  const upcoming = cron.nextRuns(10, new Date(0)).map((run) => run.getTime());
  const gaps = upcoming.slice(1).map((time, index) => time - (upcoming[index] ?? time));
  return { next, shortestIntervalMs: Math.min(Number.POSITIVE_INFINITY, ...gaps) };
}

function readCron(expression: string): Cron | undefined {
  try {
    // NCRONTAB requires day *and* weekday to match, and reads `5/15` as "from 5 on, every 15".
    return new Cron(expression, {
      mode: '5-or-6-parts',
      timezone: 'UTC',
      domAndDow: true,
      sloppyRanges: true,
      paused: true,
    });
  } catch {
    return undefined;
  }
}
