import { timestamp } from '../common/answer-fields.ts';
import type { LucsTask } from './schemas.ts';

/** A task as routes see it, with the parameters of its conversation by their names. */
export function taskResult(task: LucsTask) {
  const parameters = task.ContextParameters?.map(({ Name, Value }) => [Name, Value ?? ''] as const);
  return { ...taskSummary(task), contextParameters: parameters && Object.fromEntries(parameters) };
}

/** What LUCS left out or gave as null is left out; times are RFC 3339 where they can be read. */
export function taskSummary(task: LucsTask) {
  return {
    taskId: task.Id,
    externalTaskId: task.ExternalTaskId ?? undefined,
    type: task.Type ?? undefined,
    state: task.State ?? undefined,
    customerIdentifier: task.CustomerIdentifier ?? undefined,
    created: timestamp(task.Created),
    queueStarted: timestamp(task.QueueStarted),
    connected: timestamp(task.Connected),
    agent: agentResult(task.ReservedUserObject),
  };
}

/** Undefined until an agent is reserved. */
function agentResult(agent: LucsTask['ReservedUserObject']) {
  if (agent === null || agent === undefined) return undefined;
  return {
    agentId: agent.Id ?? undefined,
    displayName: agent.DisplayName ?? undefined,
    sipUri: agent.SipUri ?? undefined,
    userPrincipalName: agent.UserPrincipalName ?? undefined,
    organizationUnit: agent.OrganizationUnitName ?? undefined,
    loginName: agent.SamAccountName ?? undefined,
    profile: agent.AgentProfileName ?? undefined,
  };
}
