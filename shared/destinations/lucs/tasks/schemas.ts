import * as z from '../../../zod.ts';
import { text } from '../common/answer-fields.ts';
import { externalTaskId, line, sipAddress } from '../common/argument-fields.ts';

const int32 = z.int32();

/** Body of "POST Tasks", spelt as on the wire: `Service` holds the service's id. */
export const createTaskBody = z.strictObject({
  Service: z.guid(),
  Required: z.strictObject({
    Im: z.boolean(),
    Audio: z.boolean(),
    Video: z.boolean(),
    DesktopSharing: z.boolean(),
    ConversationContext: z.boolean(),
  }),
  DistributeToAgent: z.boolean(),
  DistributeToAgentRONATimeoutInSeconds: z.optional(int32.check(z.positive())),
  ExternalTaskId: externalTaskId,
  Caller: z.optional(line(256)),
  PreferredAgents: z.optional(z.array(sipAddress).check(z.maxLength(50))),
  ConsiderPreferredAgentsOnly: z.optional(z.boolean()),
});

export type CreateTaskBody = z.infer<typeof createTaskBody>;

/** Answer of "POST Tasks": the new task's id, quoted as JSON or naked; both arrive here as a string. */
export const taskIdSchema = z.guid();

/** The agent that a task is reserved for. */
const agentSchema = z.looseObject({
  Id: text,
  DisplayName: text,
  OrganizationUnitName: text,
  SipUri: text,
  UserPrincipalName: text,
  SamAccountName: text,
  AgentProfileName: text,
});

/** A task. `Connected` tells nothing: the published sample of a terminated task has null for it. */
export const lucsTaskSchema = z.looseObject({
  Id: z.string(),
  ExternalTaskId: text,
  Type: text,
  State: text,
  CustomerIdentifier: text,
  Created: text,
  QueueStarted: text,
  Connected: text,
  ContextParameters: z.catch(z.nullish(z.array(z.looseObject({ Name: z.string(), Value: text }))), undefined),
  ReservedUserObject: z.catch(z.nullish(agentSchema), undefined),
});

export type LucsTask = z.infer<typeof lucsTaskSchema>;
