import * as z from '../../../zod.ts';
import { filled, listOf } from './argument-fields.ts';
import { namedValues } from './named-values.ts';

/** Parameters of the conversation, with the limits that Luware's knowledge base gives for them ("Parameters"). */
export const contextParameters = namedValues({ maxNameLength: 64, maxValueLength: 5120 }).check(
  z.describe('Parameters that the workflow and the agent see: a list of {name, value}, or an object name → value.'),
);

/** The lowest priority is 99, the highest 1; without one a user counts as highest. */
export const preferredUsers = z
  .optional(
    listOf(
      z.strictObject({ upn: filled, priority: z.optional(z.int().check(z.gte(1), z.lte(99))) }),
      '{upn, priority} items',
    ).check(z.maxLength(10, 'Too big: expected at most 10 preferred users')),
  )
  .check(z.describe('Users to try first, at most ten; priority 1 (first) to 99 (last).'));

export const distributionPriority = z
  .optional(filled)
  .check(z.describe('A value of the list that Nimbus offers for this service, such as High.'));
