import * as z from '../../../../shared/zod.ts';
import { distributionPriorityField } from './distribution-priority.ts';
import { contextParametersSchema, customerSchema } from './task-information.ts';

/** `SchedulerEntryWriteData` of the published definition, with its limits and defaults. */
export const schedulerEntryRequestSchema = z.object({
  ReferenceId: z.optional(z.string()),
  destination: z.string().check(z.minLength(1)),
  distributionPriority: distributionPriorityField,
  dueDateTimeUtc: z.iso.datetime({ offset: true }),
  serviceUpn: z.string(),
  maxAttempts: limited(1, 10, 1),
  attemptTimeoutInSeconds: limited(30, 86_400, 3_600),
  maxQueueTimeInSeconds: limited(5, 3_600, 300),
  ronaTimeoutInSeconds: limited(5, 30, 20),
  customCallContextParameters: z.optional(contextParametersSchema),
  customer: z.optional(customerSchema),
});

export type SchedulerEntryRequest = z.infer<typeof schedulerEntryRequestSchema>;

function limited(minimum: number, maximum: number, byDefault: number) {
  return z._default(z.int().check(z.gte(minimum), z.lte(maximum)), byDefault);
}
