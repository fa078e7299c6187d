import * as z from '../../../zod.ts';
import { defineStep } from '../../step.ts';
import type { LucsClient } from '../client.ts';
import { externalTaskId, line, sipAddress } from '../common/argument-fields.ts';
import { isUnclear, refusalStatus } from '../connection.ts';
import type { LucsTask } from './schemas.ts';

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

/** "POST Tasks" of the LUCS Control API. */
export const createTask = defineStep({
  summary: 'Puts an external task into the queue of a LUCS service.',
  args: z.strictObject({
    service: z.guid().check(z.describe('Id of the LUCS service.')),
    required: required.check(z.describe('Modalities that an agent must be able to handle; by default audio.')),
    distributeToAgent: z
      ._default(z.boolean(), true)
      .check(z.describe('Whether LUCS itself offers the task to agents.')),
    ronaTimeoutSeconds: z.optional(z.int32().check(z.positive(), z.describe('How long an agent may leave the offer.'))),
    caller: z.optional(line(256).check(z.describe('The customer, as agents see it.'))),
    preferredAgents: z.optional(
      z
        .array(sipAddress)
        .check(
          z.maxLength(50, 'Too big: expected at most 50 agents'),
          z.describe('Agents to try first, in this order.'),
        ),
    ),
    considerPreferredAgentsOnly: z.optional(z.boolean()),
    externalTaskId: z.optional(
      externalTaskId.check(
        z.describe('Your own key of the task, unique per task; by default one made from the delivery.'),
      ),
    ),
  }),
  repeatable: false,
  remembered: true,
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
      DistributeToAgentRONATimeoutInSeconds: args.ronaTimeoutSeconds,
      ExternalTaskId: externalTaskId,
      Caller: args.caller,
      PreferredAgents: args.preferredAgents,
      ConsiderPreferredAgentsOnly: args.considerPreferredAgentsOnly,
    });
    return { taskId, externalTaskId };
  },
  async findExisting(client, args, { deliveryId }) {
    const externalTaskId = args.externalTaskId ?? deliveryId;
    const task = await findTask(client, args.service, externalTaskId);
    return task && { taskId: task.Id, externalTaskId };
  },
});

/**
 * LUCS answers 500 for a task that it does not have, as it may for a fault, and a task made twice calls a customer
 * twice. So the service's list, where a fault stays a fault, has the last word. Where the assumed path of the list is
 * wrong (404) there is no second word.
 *
 * @throws TransientError when nobody can say
 */
async function findTask(client: LucsClient, service: string, externalTaskId: string): Promise<LucsTask | undefined> {
  let unclear: unknown;
  try {
    const task = await client.getTask(externalTaskId);
    if (task !== undefined) return task;
  } catch (error) {
    if (!isUnclear(error)) throw error;
    unclear = error;
  }
  try {
    const tasks = await client.getServiceTasks(service);
    return tasks.find(({ ExternalTaskId }) => ExternalTaskId === externalTaskId);
  } catch (error) {
    if (refusalStatus(error) !== 404) throw error;
    if (unclear !== undefined) throw unclear;
    return undefined;
  }
}
