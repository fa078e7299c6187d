import { text } from '../../../events/wire-fields.ts';
import * as z from '../../../zod.ts';

const services = z.array(z.string()).check(z.minLength(1));
const values = z.optional(z.array(z.string()));

/** Body of "RegisterTaskWebHook". `taskEvents`, `modalities` and `directions` hold values of the lookups, not names. */
export const taskTriggerBody = z.strictObject({
  config: z.strictObject({
    url: z.string(),
    services,
    taskEvents: z.array(z.string()),
    modalities: values,
    directions: values,
  }),
});

export type TaskTriggerConfig = z.infer<typeof taskTriggerBody>['config'];

/** Body of "RegisterSchedulerEntryTrigger". */
export const schedulerEntryTriggerBody = z.strictObject({
  config: z.strictObject({ url: z.string(), services, schedulerEntryEvents: z.array(z.string()) }),
});

export type SchedulerEntryTriggerConfig = z.infer<typeof schedulerEntryTriggerBody>['config'];

/**
 * An id in an answer's body. The definition describes no body; this is where an id would be, should the `Location` header
 * be missing.
 */
export const triggerIdSchema = z.looseObject({ triggerId: text, id: text });
