import { toUtcTimestamp } from '../../../events/timestamp.ts';
import * as z from '../../../zod.ts';
import { limitedResult } from '../../limited-result.ts';
import { defineStep } from '../../step.ts';
import type { NimbusClient } from '../client.ts';
import { destination, detail, filled, serviceUpn } from '../common/argument-fields.ts';
import { customerArgument, toCustomerBody, unlessEmpty } from '../common/customer.ts';
import { contextParameters, distributionPriority } from '../common/task-arguments.ts';
import { type SchedulerEntry, type SchedulerEntryBody, schedulerEntryNumbers } from './schemas.ts';

const EXPECTED_TIME = 'Invalid time: expected ISO 8601 with a time zone, such as 2025-03-05T09:00:00Z';

/** A due time in any zone, as UTC the way Nimbus documents it: `2020-03-23T11:00:00Z`. */
const dueDateTimeUtc = z
  .pipe(
    z.string(),
    z.transform((value, context) => {
      const hasZone = /\d(z|[+-]\d{2}:?\d{2})\s*$/i.test(value);
      const utc = hasZone ? toUtcTimestamp(value) : undefined;
      if (utc !== undefined) return utc.replace('.000Z', 'Z');
      context.issues.push({ code: 'custom', message: EXPECTED_TIME, input: value });
      return z.NEVER;
    }),
  )
  .check(z.describe('When to call: ISO 8601 with a time zone; any zone, it is sent as UTC.'));

/** The reference is part of the step's result, which has to fit into a table column together with what is around it. */
const MAX_REFERENCE_LENGTH = 1_024;

const entryArguments = {
  serviceUpn,
  destination,
  dueDateTimeUtc,
  distributionPriority,
  ...schedulerEntryNumbers,
  contextParameters,
  customer: customerArgument,
};

/** "CreateSchedulerEntry". */
const scheduleCall = defineStep({
  summary: 'Has a Nimbus service call a number or a user at a given time.',
  args: z.strictObject({
    ...entryArguments,
    referenceId: detail(MAX_REFERENCE_LENGTH).check(
      z.describe('Your own key of the call, found again in its events; by default one made from the delivery.'),
    ),
  }),
  repeatable: false,
  async run(client: NimbusClient, args, { deliveryId }) {
    const referenceId = args.referenceId ?? deliveryId;
    const { schedulerEntryId } = await client.createSchedulerEntry(toBody(args, referenceId));
    return { schedulerEntryId, referenceId };
  },
  async findExisting(client, args, { deliveryId }) {
    const referenceId = args.referenceId ?? deliveryId;
    const entries = await client.getSchedulerEntries(args.serviceUpn);
    const existing = entries.find(
      (entry) => entry.referenceId === referenceId && (args.referenceId === undefined || isSameCall(entry, args)),
    );
    return existing && { schedulerEntryId: existing.schedulerEntryId, referenceId };
  },
});

/** "UpdateSchedulerEntry". */
const updateSchedulerEntry = defineStep({
  summary: 'Changes a scheduled call; Nimbus may drop what is not given again.',
  args: z.strictObject({
    schedulerEntryId: filled.check(z.describe('As nimbus.scheduleCall gives it.')),
    ...entryArguments,
    referenceId: detail(),
  }),
  repeatable: true,
  async run(client: NimbusClient, args) {
    const { schedulerEntryId } = await client.updateSchedulerEntry(
      args.schedulerEntryId,
      toBody(args, args.referenceId),
    );
    return { schedulerEntryId };
  },
});

/** "DeleteSchedulerEntry". */
const removeSchedulerEntry = defineStep({
  summary: 'Takes a scheduled call back, as long as it is not in progress.',
  args: z.strictObject({ schedulerEntryId: filled.check(z.describe('As nimbus.scheduleCall gives it.')) }),
  repeatable: true,
  async run(client: NimbusClient, { schedulerEntryId }) {
    return { outcome: (await client.deleteSchedulerEntry(schedulerEntryId)) ? 'removed' : 'gone' };
  },
});

/** "GetSchedulerEntries". */
const getSchedulerEntries = defineStep({
  summary: 'Lists the scheduled calls of a Nimbus service, or those with one reference.',
  args: z.strictObject({
    serviceUpn,
    referenceId: detail().check(z.describe('Only calls with this reference.')),
  }),
  repeatable: true,
  async run(client: NimbusClient, args) {
    const all = await client.getSchedulerEntries(args.serviceUpn);
    const entries = all.filter(({ referenceId }) => args.referenceId === undefined || referenceId === args.referenceId);
    return limitedResult({ entries }, 'Nimbus has too many scheduled calls: give a referenceId');
  },
});

export const schedulerEntrySteps = {
  'nimbus.scheduleCall': scheduleCall,
  'nimbus.updateSchedulerEntry': updateSchedulerEntry,
  'nimbus.removeSchedulerEntry': removeSchedulerEntry,
  'nimbus.getSchedulerEntries': getSchedulerEntries,
};

type EntryArguments = z.output<z.ZodMiniObject<typeof entryArguments>>;

function toBody(args: EntryArguments, referenceId: string | undefined): SchedulerEntryBody {
  return {
    ReferenceId: referenceId,
    destination: args.destination,
    distributionPriority: args.distributionPriority,
    dueDateTimeUtc: args.dueDateTimeUtc,
    serviceUpn: args.serviceUpn,
    maxAttempts: args.maxAttempts,
    attemptTimeoutInSeconds: args.attemptTimeoutInSeconds,
    maxQueueTimeInSeconds: args.maxQueueTimeInSeconds,
    ronaTimeoutInSeconds: args.ronaTimeoutInSeconds,
    customCallContextParameters: unlessEmpty(args.contextParameters),
    customer: toCustomerBody(args.customer),
  };
}

/** A reference that the route chose may stand on several calls; what an entry shows of itself tells them apart. */
function isSameCall(entry: SchedulerEntry, args: EntryArguments): boolean {
  const due = toUtcTimestamp(entry.dueDateTimeUtc);
  return (
    (entry.destination ?? args.destination) === args.destination &&
    (due === undefined || due === toUtcTimestamp(args.dueDateTimeUtc))
  );
}
