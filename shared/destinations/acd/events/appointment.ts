import { PermanentError } from '../../../errors.ts';
import * as z from '../../../zod.ts';
import { fromLocal, toLocal } from '../../../zoned-time.ts';
import { readTimestamp } from '../common/timestamp.ts';
import type { EventAppointment } from './schemas.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** What a route may say about when an event is handed out at the earliest. */
export const appointmentArguments = {
  appointment: z.optional(
    z.string().check(
      z.maxLength(64, { abort: true }),
      z.refine(
        (value) => readTimestamp(value, 'UTC') !== undefined,
        'Invalid appointment: expected an ISO 8601 date and time',
      ),
      z.describe('Not before this time: ISO 8601, without an offset in the zone of ACD_TIME_ZONE.'),
    ),
  ),
  appointmentDate: z.optional(
    z.string().check(
      z.refine((value) => isDate(value), 'Invalid date: expected yyyy-mm-dd or yyyymmdd'),
      z.describe('In place of appointment: yyyy-mm-dd or yyyymmdd; all of that day without a time.'),
    ),
  ),
  appointmentTime: z.optional(
    z
      .string()
      .check(
        z.regex(/^([01]\d|2[0-3]):?[0-5]\d$/, 'Invalid time: expected hh:mm or hhmm'),
        z.describe('In place of appointment: hh:mm or hhmm; its next occurrence without a date.'),
      ),
  ),
};

export interface AppointmentArguments {
  readonly appointment?: string | undefined;
  readonly appointmentDate?: string | undefined;
  readonly appointmentTime?: string | undefined;
}

/**
 * An appointment as jtel wants it: both date and time, in the installation's zone. Half of it would be completed by jtel,
 * in a zone that is not documented, so that is done here by the same rules. The seconds are rounded up, because an
 * appointment means "not before". An hour that clocks repeat can't be told apart on the wire.
 *
 * @param timeZone IANA name
 * @param askedAtMs when the route asked for it, in milliseconds since the epoch: a delivery may have had to wait
 * @throws PermanentError for a time before that minute: jtel would hand the event out at once
 */
export function toAppointment(given: AppointmentArguments, timeZone: string, askedAtMs: number): EventAppointment {
  const minuteMs = Math.floor(askedAtMs / MINUTE_MS) * MINUTE_MS;
  const atMs = momentOf(given, timeZone, minuteMs);
  if (atMs === undefined) return {};
  if (atMs < minuteMs) throw new PermanentError('the appointment is in the past');
  const { date, time } = toLocal(Math.ceil(atMs / MINUTE_MS) * MINUTE_MS, timeZone);
  return { dtAppointmentDate: date, dtAppointmentTime: time.slice(0, 5) };
}

function momentOf(
  { appointment, appointmentDate, appointmentTime }: AppointmentArguments,
  timeZone: string,
  minuteMs: number,
): number | undefined {
  if (appointment !== undefined) return readTimestamp(appointment, timeZone);
  const time = appointmentTime && withColon(appointmentTime);
  const today = toLocal(minuteMs, timeZone).date;
  if (appointmentDate !== undefined) {
    const date = withHyphens(appointmentDate);
    if (time === undefined && date === today) return minuteMs;
    return fromLocal({ date, time: time ?? '00:00' }, timeZone);
  }
  if (time === undefined) return undefined;
  const todayMs = fromLocal({ date: today, time }, timeZone);
  if (todayMs !== undefined && todayMs >= minuteMs) return todayMs;
  return fromLocal({ date: dayAfter(today), time }, timeZone);
}

function isDate(value: string): boolean {
  const date = withHyphens(value);
  return /^\d{4}-\d{2}-\d{2}$/.test(date) && fromLocal({ date, time: '00:00' }, 'UTC') !== undefined;
}

function withHyphens(date: string): string {
  return date.replace(/^(\d{4})(\d{2})(\d{2})$/, '$1-$2-$3');
}

function withColon(time: string): string {
  return time.replace(/^(\d{2})(\d{2})$/, '$1:$2');
}

function dayAfter(date: string): string {
  return new Date(Date.parse(date) + DAY_MS).toISOString().slice(0, 10);
}
