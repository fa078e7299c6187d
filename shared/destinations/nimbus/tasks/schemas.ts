import * as z from '../../../zod.ts';
import { customerBody, namedValuesBody, preferredUsersBody } from '../common/schemas.ts';

/** Body of "UpdateTask": `TaskInformation` of the published definition. */
export const taskInformationBody = z.strictObject({
  customer: z.optional(customerBody),
  customContextParameters: namedValuesBody,
  preferredUsers: preferredUsersBody,
});

export type TaskInformationBody = z.infer<typeof taskInformationBody>;
