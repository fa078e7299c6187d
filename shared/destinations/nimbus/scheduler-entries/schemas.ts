import { nimbusSchedulerEntrySchema } from '../../../events/nimbus-scheduler-entry.ts';
import { text } from '../../../events/wire-fields.ts';
import * as z from '../../../zod.ts';
import { customerBody, namedValuesBody } from '../common/schemas.ts';

/** The numbers of a scheduler entry, with the published limits. Nimbus has defaults for all of them. */
export const schedulerEntryNumbers = {
  maxAttempts: z.optional(z.int().check(z.gte(1), z.lte(10), z.describe('By default 1.'))),
  attemptTimeoutInSeconds: z.optional(z.int().check(z.gte(30), z.lte(86_400), z.describe('By default 3600.'))),
  maxQueueTimeInSeconds: z.optional(z.int().check(z.gte(5), z.lte(3_600), z.describe('By default 300.'))),
  ronaTimeoutInSeconds: z.optional(z.int().check(z.gte(5), z.lte(30), z.describe('By default 20.'))),
};

/** `SchedulerEntryWriteData`. Its `ReferenceId` has a capital R, and its parameters a name of their own. */
export const schedulerEntryBody = z.strictObject({
  ReferenceId: z.optional(z.string()),
  destination: z.string(),
  distributionPriority: z.optional(z.string()),
  dueDateTimeUtc: z.iso.datetime(),
  serviceUpn: z.string(),
  ...schedulerEntryNumbers,
  customCallContextParameters: namedValuesBody,
  customer: z.optional(customerBody),
});

export type SchedulerEntryBody = z.infer<typeof schedulerEntryBody>;

/** `SchedulerEntryEventData` as an answer: the webhook's object, where nothing needs to have happened. */
export const schedulerEntrySchema = z.extend(nimbusSchedulerEntrySchema, { event: text });

export type SchedulerEntry = z.infer<typeof schedulerEntrySchema>;
