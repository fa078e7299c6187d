import { describeLastConnectedUser, describeService, stableId, tenantId } from './directory.ts';
import type { NimbusTask } from './tasks.ts';

/** `TaskEventData` in its published spelling. What has no value is left out, as the webhook's samples do. */
export function taskPayload(task: NimbusTask, event: string): Record<string, unknown> {
  const { about, lastConnectedUserUpn, outboundAttempt, updatedParameter } = task;
  const caller = about.callerTelNumber ?? about.callerUPN;
  return {
    taskId: task.id,
    ...(task.modality === 'Audio' && { callChainId: task.callChainId }),
    tenantId,
    event,
    direction: task.direction,
    modality: task.modality,
    created: new Date(task.createdAtMs).toISOString(),
    ...(task.terminatedAtMs !== null && { terminated: new Date(task.terminatedAtMs).toISOString() }),
    ...(lastConnectedUserUpn !== null && describeLastConnectedUser(lastConnectedUserUpn)),
    ...(caller !== undefined && { callerId: stableId(caller) }),
    isAnonymous: isAnonymous(task),
    ...about,
    ...describeService(task.serviceUpn),
    ...(outboundAttempt !== null && { outboundAttempt }),
    ...(updatedParameter !== null && {
      updatedParameterName: updatedParameter.name,
      updatedParameterValue: updatedParameter.value ?? '',
    }),
    taskInformation: task.information,
  };
}

/** True when nothing tells who the other side is. */
export function isAnonymous({ about }: Pick<NimbusTask, 'about'>): boolean {
  const known = [
    about.callerTelNumber,
    about.callerUPN,
    about.acsId,
    about.customerIdentifier,
    about.destinationTelNumber,
    about.destinationUPN,
  ];
  return about.isAnonymous ?? known.every((value) => value === undefined || value === '');
}
