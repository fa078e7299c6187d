import { PermanentError } from '../../../errors.ts';
import * as z from '../../../zod.ts';
import { bodyFor, type NimbusConnection, removed, segment } from '../connection.ts';
import { type SchedulerEntry, type SchedulerEntryBody, schedulerEntryBody, schedulerEntrySchema } from './schemas.ts';

/** Outbound calls that Nimbus is to make. */
export interface SchedulerEntryOperations {
  /** Every entry of a service: Nimbus offers neither a filter nor pages. */
  getSchedulerEntries(serviceUpn: string): Promise<readonly SchedulerEntry[]>;
  createSchedulerEntry(entry: SchedulerEntryBody): Promise<SchedulerEntry>;
  /** Whether Nimbus keeps what `entry` leaves out is not published: give all that shall remain. */
  updateSchedulerEntry(schedulerEntryId: string, entry: SchedulerEntryBody): Promise<SchedulerEntry>;
  /** @returns false when there is none. @throws PermanentError when it is in progress already */
  deleteSchedulerEntry(schedulerEntryId: string): Promise<boolean>;
}

export function schedulerEntryOperations({ send, read }: NimbusConnection): SchedulerEntryOperations {
  const path = '/v1/scheduler-entries';

  return {
    getSchedulerEntries: (serviceUpn) =>
      read(
        { method: 'GET', path, query: { serviceUpn }, operation: 'get scheduler entries' },
        z.array(schedulerEntrySchema),
      ),
    createSchedulerEntry(entry) {
      const operation = 'create scheduler entry';
      return read(
        { method: 'POST', path, body: bodyFor(schedulerEntryBody, entry, operation), operation },
        schedulerEntrySchema,
      );
    },
    updateSchedulerEntry(schedulerEntryId, entry) {
      const operation = 'update scheduler entry';
      const body = bodyFor(schedulerEntryBody, entry, operation);
      return read(
        { method: 'PUT', path: `${path}/${segment(schedulerEntryId)}`, body, operation },
        schedulerEntrySchema,
      );
    },
    async deleteSchedulerEntry(schedulerEntryId) {
      const operation = 'delete scheduler entry';
      try {
        return await removed(send({ method: 'DELETE', path: `${path}/${segment(schedulerEntryId)}`, operation }));
      } catch (error) {
        // The status of this refusal is not published; a request with nothing but an id has no other reason for one.
        if (!(error instanceof PermanentError) || (error.httpStatus ?? 0) < 400) throw error;
        throw new PermanentError(`${error.message}: only before it is in progress can an entry be removed`, {
          cause: error,
          httpStatus: error.httpStatus,
        });
      }
    },
  };
}
