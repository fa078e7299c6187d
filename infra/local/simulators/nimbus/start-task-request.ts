import * as z from '../../../../shared/zod.ts';
import { taskInformationSchema } from './task-information.ts';

const text = z.optional(z.string());

/** The keys of a task's payload that come from whoever made the contact and stay as they are. */
const aboutShape = {
  microsoftCallerId: text,
  referenceId: text,
  callerId: text,
  callerTelNumber: text,
  callerUPN: text,
  microsoftDestinationId: text,
  destinationId: text,
  destinationTelNumber: text,
  destinationUPN: text,
  acsId: text,
  isAnonymous: z.optional(z.boolean()),
  customerIdentifier: text,
  initialMessage: text,
  emailSubject: text,
  emailBodyUniqueRichText: text,
  emailBodyUniquePlainText: text,
  emailServiceMailboxUPN: text,
};

const aboutSchema = z.strictObject(aboutShape);

export type TaskAbout = z.infer<typeof aboutSchema>;

/**
 * A task that arrives from outside: by default an inbound call to the first service. Everything but the service, the
 * modality and the direction has the payload's own keys.
 */
export const startTaskSchema = z.strictObject({
  serviceUpn: text,
  modality: z._default(z.enum(['Audio', 'InstantMessaging', 'ExternalTask', 'Email']), 'Audio'),
  direction: z._default(z.enum(['Inbound', 'Outbound', 'None']), 'Inbound'),
  taskInformation: z._default(taskInformationSchema, {}),
  ...aboutShape,
});

export type StartTaskRequest = z.input<typeof startTaskSchema>;
