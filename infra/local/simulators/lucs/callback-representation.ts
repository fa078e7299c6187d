import type { LucsCallback } from './callbacks.ts';
import { formatLucsDate } from './dates.ts';

const appPoolId = '0f6b2d3c-1111-4222-8333-444455556666';
const queueTimeInSeconds = 3_600;

/**
 * A callback as LUCS returns it: the request with its defaults, a service named by address resolved to its id, and
 * what LUCS adds. It does not tell how calls went.
 */
export function representCallback(callback: LucsCallback, nowMs: number, dates: 'dotted' | 'iso') {
  const { request } = callback;
  const waitedSeconds = Math.floor((nowMs - callback.createdAtMs) / 1_000);
  return {
    Id: callback.id,
    Creator: 'API',
    LeftInQueueTimeInSeconds: Math.max(0, queueTimeInSeconds - waitedSeconds),
    AppPoolId: appPoolId,
    InitiatingSessionId: null,
    Initiator: null,
    State: callback.state,
    RetryType: 'SingleSession',
    RetryCount: callback.retryCount,
    Target: request.target,
    AlternativeTarget: request.alternativeTarget,
    MaxRetries: request.maxRetries,
    SecondsBetweenRetries: request.secondsBetweenRetries,
    ServiceId: callback.service.Id,
    ServiceSip: null,
    IncomingServiceSipUri: request.incomingServiceSipUri,
    Priority: request.priority,
    ContextUrl: request.contextUrl,
    DueDate: formatLucsDate(request.dueAtMs, dates),
    Supervisor: request.supervisor,
    Description: request.description,
    ExternalTaskId: request.externalTaskId,
    CallerId: request.callerId,
  };
}

/** A callback in its form on the wire. */
export type CallbackRepresentation = ReturnType<typeof representCallback>;
