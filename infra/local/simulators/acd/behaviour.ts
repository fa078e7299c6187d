import * as z from '../../../../shared/zod.ts';

/**
 * What nobody knows about the real jtel system, or what differs from one installation to another.
 *
 * - `oldApi`: a release that knows no group pairs, priorities and appointments of events.
 * - `emptyByName`: whether a name that matches nothing is answered with an empty list or with 404.
 * - `unknownReceiver`: whether a phone event may be for a number that is no service number.
 * - `callbackUrl`, `callbackHeaders`: where the ACD posts callback requests and voice mails that it raised itself, and
 *   what the receiver wants for access. `voicemailUrl`: another address for voice mails.
 */
export const acdBehaviourSchema = z.strictObject({
  oldApi: z.boolean(),
  emptyByName: z.enum(['emptyList', 'notFound']),
  unknownReceiver: z.enum(['accept', 'refuse']),
  callbackUrl: z.nullable(z.url()),
  voicemailUrl: z.nullable(z.url()),
  callbackHeaders: z.record(z.string(), z.string()),
});

export type AcdBehaviour = z.infer<typeof acdBehaviourSchema>;

export const defaultAcdBehaviour: AcdBehaviour = {
  oldApi: false,
  emptyByName: 'emptyList',
  unknownReceiver: 'accept',
  callbackUrl: null,
  voicemailUrl: null,
  callbackHeaders: {},
};
