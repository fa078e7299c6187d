import { PermanentError, TransientError } from '../../../errors.ts';
import * as z from '../../../zod.ts';
import type { StepCall } from '../../step.ts';
import { identifier } from '../common/argument-fields.ts';

/** How long the route that creates the task may take to begin. */
const CREATION_BEGINS_WITHIN_MS = 60_000;

export const taskArgument = z.optional(
  identifier(256).check(
    z.describe(
      'The task: its LUCS id, or the externalTaskId that it was made with. By default the one that lucs.createTask made for an event with the same subject.',
    ),
  ),
);

const createdTask = z.looseObject({ taskId: z.string().check(z.minLength(1)) });

/**
 * The identifier of the task that a step is about.
 * @throws TransientError while it may still come to be, PermanentError when it will not
 */
export async function whichTask(task: string | undefined, { findCreated, ageMs }: StepCall): Promise<string> {
  if (task !== undefined) return task;
  const created = await findCreated('lucs.createTask');
  switch (created?.kind) {
    case 'done': {
      const result = z.safeParse(createdTask, created.result);
      if (result.success) return result.data.taskId;
      throw new PermanentError("the result of lucs.createTask for this event's subject has no task id");
    }
    case 'underway':
      throw new TransientError("the LUCS task of this event's subject is still being created", { retryAfterMs: 2_000 });
    case 'failed':
      throw new PermanentError("the LUCS task of this event's subject could not be created");
    case undefined:
      if (ageMs >= CREATION_BEGINS_WITHIN_MS) {
        throw new PermanentError("no LUCS task is known for this event's subject");
      }
      throw new TransientError("no LUCS task is known yet for this event's subject", { retryAfterMs: 5_000 });
  }
}
