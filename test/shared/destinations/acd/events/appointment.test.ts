import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toAppointment } from '../../../../../shared/destinations/acd/events/appointment.ts';
import { fromLocal } from '../../../../../shared/zoned-time.ts';

/** 15:30:20 in Berlin. */
const AFTERNOON = Date.parse('2024-01-15T14:30:20.000Z');

describe('an appointment', () => {
  it.each([
    ['in UTC', { appointment: '2024-07-01T22:15:00Z' }, '2024-07-02', '00:15'],
    ['with an offset', { appointment: '2024-03-12T14:30:00-05:00' }, '2024-03-12', '20:30'],
    ['in the zone of the installation', { appointment: '2024-03-12T14:30' }, '2024-03-12', '14:30'],
    ['with seconds, rounded up', { appointment: '2024-03-12T14:30:00.001' }, '2024-03-12', '14:31'],
    ['in the minute that is now', { appointment: '2024-01-15T14:30:00Z' }, '2024-01-15', '15:30'],
    ['by date and time', { appointmentDate: '20240312', appointmentTime: '0930' }, '2024-03-12', '09:30'],
    ['by date alone', { appointmentDate: '2024-03-12' }, '2024-03-12', '00:00'],
    ['by the date of today', { appointmentDate: '2024-01-15' }, '2024-01-15', '15:30'],
    ['by a time that is to come today', { appointmentTime: '18:00' }, '2024-01-15', '18:00'],
    ['by a time that has passed today', { appointmentTime: '10:00' }, '2024-01-16', '10:00'],
    ['by the time that it is', { appointmentTime: '15:30' }, '2024-01-15', '15:30'],
    ['in the hour that clocks leave out', { appointment: '2024-03-31T02:30' }, '2024-03-31', '03:30'],
    ['before the hour that clocks repeat', { appointment: '2024-10-27T01:59' }, '2024-10-27', '01:59'],
  ])('%s', (_what, given, dtAppointmentDate, dtAppointmentTime) => {
    expect(toAppointment(given, 'Europe/Berlin', AFTERNOON)).toEqual({ dtAppointmentDate, dtAppointmentTime });
  });

  it('by time alone looks for tomorrow at the end of a month', () => {
    expect(toAppointment({ appointmentTime: '08:00' }, 'Europe/Berlin', Date.parse('2024-02-29T20:00:00Z'))).toEqual({
      dtAppointmentDate: '2024-03-01',
      dtAppointmentTime: '08:00',
    });
  });

  it('is none when nothing is given', () => expect(toAppointment({}, 'Europe/Berlin', AFTERNOON)).toEqual({}));

  it.each([
    [{ appointment: '2024-01-15T14:29:59Z' }],
    [{ appointmentDate: '2024-01-15', appointmentTime: '15:29' }],
    [{ appointmentDate: '2024-01-14' }],
  ])('is refused when it is past: %j', (given) => {
    expect(() => toAppointment(given, 'Europe/Berlin', AFTERNOON)).toThrow('the appointment is in the past');
  });

  it('is never sent by half, and never before the moment asked for', () => {
    const now = Date.parse('2020-01-01T00:00:00Z');
    fc.assert(
      fc.property(
        fc.date({ min: new Date(now), max: new Date('2040-01-01T00:00:00Z'), noInvalidDate: true }),
        fc.constantFrom('Europe/Berlin', 'America/New_York', 'Asia/Kathmandu', 'UTC'),
        (asked, timeZone) => {
          const sent = toAppointment({ appointment: asked.toISOString() }, timeZone, now);
          const date = sent.dtAppointmentDate ?? '';
          const time = sent.dtAppointmentTime ?? '';
          const atMs = fromLocal({ date, time }, timeZone) ?? Number.NaN;
          // Where clocks repeat an hour, the wire can't tell which of both is meant.
          const lateMs = atMs - asked.getTime();
          expect(lateMs > -3_600_001 && lateMs < 60_000).toBe(true);
          expect(lateMs >= 0 || fromLocal({ date, time }, timeZone) !== undefined).toBe(true);
        },
      ),
      { numRuns: 200 },
    );
  });
});
