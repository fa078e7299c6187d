import { timestamp } from '../common/answer-fields.ts';
import type { LucsCallback } from './schemas.ts';

/**
 * A callback as routes see it. What LUCS left out or gave as null is left out; times are RFC 3339 where they can be read.
 * How the call ended is nowhere said: LUCS shows the state and the number of retries.
 */
export function callbackResult(callback: LucsCallback) {
  return {
    callbackId: callback.Id,
    externalTaskId: callback.ExternalTaskId ?? undefined,
    state: callback.State ?? undefined,
    target: callback.Target ?? undefined,
    alternativeTarget: callback.AlternativeTarget ?? undefined,
    serviceId: callback.ServiceId ?? undefined,
    serviceSip: callback.ServiceSip ?? undefined,
    priority: callback.Priority ?? undefined,
    dueDate: timestamp(callback.DueDate),
    description: callback.Description ?? undefined,
    retryCount: callback.RetryCount ?? undefined,
    maxRetries: callback.MaxRetries ?? undefined,
    secondsBetweenRetries: callback.SecondsBetweenRetries ?? undefined,
    creator: callback.Creator ?? undefined,
    initiator: callback.Initiator ?? undefined,
    callerId: callback.CallerId ?? undefined,
  };
}
