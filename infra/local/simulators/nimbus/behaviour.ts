import * as z from '../../../../shared/zod.ts';

/**
 * What nobody knows about the real service, or what differs from tenant to tenant.
 *
 * - `updateTask`: whether PUT of a task merges what was given or replaces the task's information.
 * - `endedTask`: how a call about a task that is over is refused.
 * - `errorBodies`: no operation declares a schema of its errors.
 * - `repeatedExternalIds`: whether `externalIds=a&externalIds=b` is understood beside the formal `externalIds=a,b`.
 * - `addKnownContact`: whether adding a contact whose external id is known is refused, or updates it (the older connector
 *   called the action "add or update").
 * - `maxExternalTasks`: how many external tasks may be open at once (Luware calls the cap "fair use").
 * - `callLimit`: whether more than 100 calls per token in 60 s are refused with 429, and with which headers.
 * - `callbackRetries`, `callbackRetryDelayMs`: repeats of a callback that did not get a 2xx.
 * - `callbackDuplicates`: how many more times each callback is sent at once.
 * - `callbackDisorderMs`: above 0, every first of two callbacks is held back until the second is out, at most so long.
 * - `callbackKeys`: spelling of the payload's keys; `swapped` changes the case of each first letter.
 * - `callbackEvent`: whether `event` carries the value or the display name of the lookup.
 */
export const nimbusBehaviourSchema = z.strictObject({
  updateTask: z.enum(['merge', 'replace']),
  endedTask: z.enum(['notFound', 'badRequest']),
  errorBodies: z.enum(['json', 'text', 'empty']),
  repeatedExternalIds: z.enum(['refuse', 'accept']),
  addKnownContact: z.enum(['refuse', 'update']),
  maxExternalTasks: z.int().check(z.nonnegative()),
  callLimit: z.enum(['off', 'withRetryAfter', 'withoutRetryAfter']),
  callbackRetries: z.int().check(z.nonnegative()),
  callbackRetryDelayMs: z.int().check(z.nonnegative()),
  callbackDuplicates: z.int().check(z.nonnegative()),
  callbackDisorderMs: z.int().check(z.nonnegative()),
  callbackKeys: z.enum(['published', 'swapped', 'lower', 'upper']),
  callbackEvent: z.enum(['value', 'name']),
});

export type NimbusBehaviour = z.infer<typeof nimbusBehaviourSchema>;

export const defaultNimbusBehaviour: NimbusBehaviour = {
  updateTask: 'merge',
  endedTask: 'notFound',
  errorBodies: 'json',
  repeatedExternalIds: 'refuse',
  addKnownContact: 'refuse',
  maxExternalTasks: 100,
  callLimit: 'off',
  callbackRetries: 0,
  callbackRetryDelayMs: 1_000,
  callbackDuplicates: 0,
  callbackDisorderMs: 0,
  callbackKeys: 'published',
  callbackEvent: 'value',
};
