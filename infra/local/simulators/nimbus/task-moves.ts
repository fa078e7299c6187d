import * as z from '../../../../shared/zod.ts';

/**
 * What a workflow, a user or the customer does with a task.
 *
 * - `ring`, `userAccepted`: by default the first preferred user, else the first user.
 * - `rona`: the user lets it ring; the task is in the queue again.
 * - `answer`, `noAnswer`: what the destination of a dialled scheduler entry does.
 * - `transfer`: to a service, or without one to a user or out of the house.
 * - `setParameter`: the workflow sets a context parameter.
 */
export const taskMoveSchema = z.discriminatedUnion('move', [
  z.strictObject({ move: z.enum(['accept', 'queue', 'rona', 'answer', 'noAnswer', 'terminate']) }),
  z.strictObject({ move: z.enum(['ring', 'userAccepted']), userUpn: z.optional(z.string()) }),
  z.strictObject({ move: z.literal('transfer'), serviceUpn: z.optional(z.string()) }),
  z.strictObject({ move: z.literal('setParameter'), name: z.string(), value: z.string() }),
]);

export type TaskMove = z.infer<typeof taskMoveSchema>;
