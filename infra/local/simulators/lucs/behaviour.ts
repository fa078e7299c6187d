import * as z from '../../../../shared/zod.ts';

/**
 * What nobody knows about the real LUCS, or what differs from one installation to another.
 *
 * - `distribution`: `automatic` offers waiting work to agents as soon as there is one; `manual` leaves it to the controls.
 * - `setEstablishedOnDistributed`: whether an offered task may be set established from outside.
 * - `terminateUnestablished`: whether a task that nobody established may be terminated.
 * - `retentionMs`: how long what is terminated can still be read.
 * - `defaultRonaTimeoutInSeconds`: for offers of tasks that name none, and for those of callbacks.
 * - `callbackPreviewSeconds`: how long an agent looks at an accepted callback before the call is offered.
 * - `setAgentOnRonaIn`: where the flag of a refresh is looked for; in another place it is ignored.
 * - `taskAnswer`: the use-case page shows a read task as an array of one, the reference page as an object.
 * - `idAnswer`: whether the id of a new task comes as JSON text or bare.
 * - `dates`: the samples' dotted form, or ISO 8601 as on the reference pages.
 */
export const lucsBehaviourSchema = z.strictObject({
  distribution: z.enum(['manual', 'automatic']),
  setEstablishedOnDistributed: z.enum(['allow', 'refuse']),
  terminateUnestablished: z.enum(['allow', 'refuse']),
  retentionMs: z.number().check(z.nonnegative()),
  defaultRonaTimeoutInSeconds: z.int().check(z.positive()),
  callbackPreviewSeconds: z.int().check(z.positive()),
  setAgentOnRonaIn: z.enum(['either', 'query', 'body']),
  taskAnswer: z.enum(['object', 'array']),
  idAnswer: z.enum(['quoted', 'naked']),
  dates: z.enum(['dotted', 'iso']),
});

export type LucsBehaviour = z.infer<typeof lucsBehaviourSchema>;

export const defaultLucsBehaviour: LucsBehaviour = {
  distribution: 'manual',
  setEstablishedOnDistributed: 'refuse',
  terminateUnestablished: 'allow',
  retentionMs: 10 * 60 * 1_000,
  defaultRonaTimeoutInSeconds: 50,
  callbackPreviewSeconds: 10,
  setAgentOnRonaIn: 'either',
  taskAnswer: 'object',
  idAnswer: 'quoted',
  dates: 'dotted',
};
