import { flag, text } from '../../../events/wire-fields.ts';
import * as z from '../../../zod.ts';
import { customerBody, namedValuesBody, preferredUsers, preferredUsersBody } from '../common/schemas.ts';

/** `ExternalTaskWriteDto`: it has neither a reference of the caller's own nor a due date. */
export const externalTaskBody = z.strictObject({
  serviceUpn: z.string(),
  customerIdentifier: z.optional(z.string()),
  customer: z.optional(customerBody),
  customContextParameters: namedValuesBody,
  distributionPriority: z.optional(z.string()),
  preferredUsers: preferredUsersBody,
});

export type ExternalTaskBody = z.infer<typeof externalTaskBody>;

/** `ExternalTaskWriteResult`. The definition requires nothing; the bridge needs the id. */
export const externalTaskSchema = z.looseObject({
  id: z.string().check(z.minLength(1)),
  modality: text,
  created: text,
  type: text,
  isAnonymous: flag,
  serviceId: text,
  serviceName: text,
  serviceDescription: text,
  serviceDisplayName: text,
  serviceUpn: text,
  serviceTelNumber: text,
  preferredUsers,
});

export type ExternalTask = z.infer<typeof externalTaskSchema>;
