import { formatLucsDate, formatSystemTime } from './dates.ts';
import type { LucsTask } from './tasks.ts';

/**
 * A task as LUCS returns it. It echoes neither service, modalities nor preferred agents, and `Connected` stays null
 * even for tasks that were handled.
 */
export function representTask(task: LucsTask, nowMs: number, dates: 'dotted' | 'iso'): Record<string, unknown> {
  const { request, service, agent } = task;
  const created = formatLucsDate(task.createdAtMs, dates);
  const context = {
    ServiceCulture: 'en-GB',
    InitialQueuePosition: String(task.initialQueuePosition),
    ServiceSipUri: service.SipUri,
    SessionAgentToken: task.sessionAgentToken,
    CurrentSystemTime: formatSystemTime(nowMs),
    ServiceTelNumber: service.TelNumber,
    ...(request.externalTaskId === null ? {} : { ExternalTaskId: request.externalTaskId }),
    ServiceDisplayName: service.DisplayName,
    AgentSipUri: agent?.SipUri ?? 'sip:unknown@unknown',
  };
  return {
    Id: task.id,
    ExternalTaskId: request.externalTaskId,
    Type: 'ExternalNonBlocking',
    State: task.state,
    CustomerIdentifier: request.caller,
    Created: created,
    QueueStarted: created,
    Connected: null,
    InitialModalityType: 'External',
    OriginType: 'Unknown',
    OriginTypeCustom: null,
    ContextParameters: Object.entries(context).map(([Name, Value]) => ({ Name, Value })),
    ReservedUserObject:
      agent === null
        ? null
        : { ...agent, ResponsibleSinceLevel: 1, SelectionAlgorithm: 'BestQualifiedMostResponsibleAgent' },
  };
}
