import * as z from '../../zod.ts';
import { defineStep } from '../step.ts';
import type { LucsClient } from './client.ts';

const modality = z._default(z.boolean(), false);

const required = z._default(
  z.strictObject({
    im: modality,
    audio: modality,
    video: modality,
    desktopSharing: modality,
    conversationContext: modality,
  }),
  { im: false, audio: true, video: false, desktopSharing: false, conversationContext: false },
);

const sipAddress = z.string().check(z.regex(/^sip:[^\s@]+@[^\s@]+$/i, 'Invalid address: expected sip:user@domain'));

/** "POST Tasks" of the LUCS Control API. */
const createTask = defineStep({
  summary: 'Puts an external task into the queue of a LUCS service.',
  args: z.strictObject({
    service: z.guid().check(z.describe('Id of the LUCS service.')),
    required: required.check(z.describe('Modalities that an agent must be able to handle; by default audio.')),
    distributeToAgent: z
      ._default(z.boolean(), true)
      .check(z.describe('Whether LUCS itself offers the task to agents.')),
    ronaTimeoutSeconds: z.optional(z.int().check(z.positive(), z.describe('How long an agent may leave the offer.'))),
    caller: z.optional(z.string().check(z.maxLength(256), z.describe('The customer, as agents see it.'))),
    preferredAgents: z.optional(z.array(sipAddress).check(z.describe('Agents to try first, in this order.'))),
    considerPreferredAgentsOnly: z.optional(z.boolean()),
    externalTaskId: z.optional(
      z
        .string()
        .check(
          z.minLength(1),
          z.maxLength(128),
          z.describe('Your own key of the task, unique per task; by default one made from the delivery.'),
        ),
    ),
  }),
  repeatable: false,
  async run(client: LucsClient, args, { deliveryId }) {
    const { im, audio, video, desktopSharing, conversationContext } = args.required;
    const externalTaskId = args.externalTaskId ?? deliveryId;
    const taskId = await client.createTask({
      Service: args.service,
      Required: {
        Im: im,
        Audio: audio,
        Video: video,
        DesktopSharing: desktopSharing,
        ConversationContext: conversationContext,
      },
      DistributeToAgent: args.distributeToAgent,
      ExternalTaskId: externalTaskId,
      ...(args.ronaTimeoutSeconds !== undefined && { DistributeToAgentRONATimeoutInSeconds: args.ronaTimeoutSeconds }),
      ...(args.caller !== undefined && { Caller: args.caller }),
      ...(args.preferredAgents !== undefined && { PreferredAgents: args.preferredAgents }),
      ...(args.considerPreferredAgentsOnly !== undefined && {
        ConsiderPreferredAgentsOnly: args.considerPreferredAgentsOnly,
      }),
    });
    return { taskId, externalTaskId };
  },
  async findExisting(client, args, { deliveryId }) {
    const externalTaskId = args.externalTaskId ?? deliveryId;
    const task = await client.getTask(externalTaskId);
    return task && { taskId: task.Id, externalTaskId };
  },
});

/** What a route may ask of LUCS. */
export const lucsSteps = { 'lucs.createTask': createTask };
