import * as z from '../zod.ts';
import { eventTypeSuffix } from './cloud-event.ts';
import { nimbusCustomer } from './nimbus-customer.ts';
import { nimbusSource } from './nimbus-source.ts';
import type { WebhookKind } from './webhook-kind.ts';
import { eventName, integer, namedValues, serviceKey, subjectId, text } from './wire-fields.ts';

/**
 * The body of "When a scheduler entry changes state": `SchedulerEntryEventData` of the published Nimbus connector
 * definition (2024-03-28), and `conversationType`, which newer connectors add. The bridge needs `schedulerEntryId`
 * and `event`; limits of the numbers are the vendor's own business when it is the sender.
 */
export const nimbusSchedulerEntrySchema = z.looseObject({
  schedulerEntryId: subjectId,
  event: eventName,
  direction: text,
  modality: text,
  referenceId: text,
  unifiedConversationId: text,
  completionReason: text,
  destination: text,
  distributionPriority: text,
  dueDateTimeUtc: text,
  serviceUpn: serviceKey,
  maxAttempts: integer,
  attemptTimeoutInSeconds: integer,
  maxQueueTimeInSeconds: integer,
  ronaTimeoutInSeconds: integer,
  customCallContextParameters: namedValues,
  customer: nimbusCustomer,
  conversationType: text,
});

export type NimbusSchedulerEntry = z.infer<typeof nimbusSchedulerEntrySchema>;

/** How a Nimbus scheduler-entry webhook becomes an event. Its payload carries no time of the occurrence. */
export const nimbusSchedulerEntry: WebhookKind<NimbusSchedulerEntry> = {
  schema: nimbusSchedulerEntrySchema,
  type: (entry) => `com.luware.nimbus.schedulerentry.${eventTypeSuffix(entry.event)}`,
  subject: (entry) => entry.schedulerEntryId,
  source: (entry) => nimbusSource(entry.serviceUpn),
  time: () => undefined,
};
