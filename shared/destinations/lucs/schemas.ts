import * as z from '../../zod.ts';

/**
 * The error envelope of LUCS. Of its codes only `NotInitialized` is published, so it stays an open string; LUCS
 * answers 500 with it for business refusals too.
 */
export const lucsErrorSchema = z.object({ Error: z.object({ Code: z.string() }) });

/** Answer of "POST Tasks": the new task's id, quoted as JSON or naked; both arrive here as a string. */
export const lucsTaskIdSchema = z.guid();

/** What is read of a task. Every other field stays unread: the published samples disagree about them. */
export const lucsTaskSchema = z.looseObject({
  Id: z.string(),
  ExternalTaskId: z.nullish(z.string()),
  State: z.optional(z.string()),
});

export type LucsTask = z.infer<typeof lucsTaskSchema>;
