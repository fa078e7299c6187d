import type { SchedulerEntry } from './scheduler.ts';

/** `SchedulerEntryEventData` in its published spelling: the webhook's payload and what list, create and update answer. */
export function schedulerEntryPayload(entry: SchedulerEntry, event = entry.event): Record<string, unknown> {
  const { unifiedConversationId, completionReason, state } = entry;
  return {
    schedulerEntryId: entry.id,
    event,
    direction: 'Outbound',
    modality: 'Audio',
    ...entry.request,
    ...(unifiedConversationId !== null && { unifiedConversationId }),
    ...(state === 'Completed' && { completionReason }),
  };
}
