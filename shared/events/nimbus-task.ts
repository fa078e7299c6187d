import * as z from '../zod.ts';
import { eventTypeSuffix } from './cloud-event.ts';
import { nimbusCustomer } from './nimbus-customer.ts';
import { nimbusSource } from './nimbus-source.ts';
import { toUtcTimestamp } from './timestamp.ts';
import type { WebhookKind } from './webhook-kind.ts';
import { eventName, flag, integer, namedValues, serviceKey, subjectId, text } from './wire-fields.ts';

/**
 * The body of "When a task changes state": `TaskEventData` of the published Nimbus connector definition (2024-03-28).
 *
 * The definition marks nothing as required; the bridge needs `taskId` and `event`. Names of people and services are
 * spelt `…Upn` throughout, because the vendor spells them three ways.
 */
export const nimbusTaskSchema = z.looseObject({
  taskId: subjectId,
  event: eventName,
  callChainId: text,
  tenantId: text,
  direction: text,
  modality: text,
  created: text,
  terminated: text,
  lastConnectedUserId: text,
  lastConnectedUserUpn: text,
  lastConnectedUserEmail: text,
  microsoftCallerId: text,
  referenceId: text,
  callerId: text,
  callerTelNumber: text,
  callerUpn: text,
  microsoftDestinationId: text,
  destinationId: text,
  destinationTelNumber: text,
  destinationUpn: text,
  acsId: text,
  isAnonymous: flag,
  customerIdentifier: text,
  initialMessage: text,
  serviceId: serviceKey,
  serviceName: text,
  serviceDescription: text,
  serviceDisplayName: text,
  serviceUpn: serviceKey,
  serviceTelNumber: text,
  emailSubject: text,
  emailBodyUniqueRichText: text,
  emailBodyUniquePlainText: text,
  emailServiceMailboxUpn: text,
  outboundAttempt: integer,
  updatedParameterName: text,
  updatedParameterValue: text,
  taskInformation: z.optional(
    z.looseObject({
      customer: nimbusCustomer,
      customContextParameters: namedValues,
      preferredUsers: z.optional(z.array(z.looseObject({ upn: text, priority: integer }))),
    }),
  ),
});

export type NimbusTask = z.infer<typeof nimbusTaskSchema>;

/** How a Nimbus task webhook becomes an event. */
export const nimbusTask: WebhookKind<NimbusTask> = {
  schema: nimbusTaskSchema,
  type: (task) => `com.luware.nimbus.task.${eventTypeSuffix(task.event)}`,
  subject: (task) => task.taskId,
  source: (task) => nimbusSource(task.serviceUpn ?? task.serviceId),
  time: timeOf,
};

/** The payload has no time of its own: its creation and end are the time of just the events that they name. */
function timeOf(task: NimbusTask): string | undefined {
  if (task.terminated !== undefined) return toUtcTimestamp(task.terminated);
  return eventTypeSuffix(task.event) === 'created' ? toUtcTimestamp(task.created) : undefined;
}
