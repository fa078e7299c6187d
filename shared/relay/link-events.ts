import { randomUUID } from 'node:crypto';
import type { CloudEvent } from '../events/cloud-event.ts';
import type { QueueSnapshot } from './hub-link-options.ts';
import type { Gap } from './subscription-keeper.ts';

/** About 70 bytes each: far below what a message holds. */
const SUBSCRIPTIONS_PER_EVENT = 1_000;

/** What was on its way when the hub was heard last: later messages than that one may be missing, but none before this. */
const ON_THE_WAY_MS = 1_000;

/** A gap as events of type `com.enreach.rte.gap`: as many as it takes to name every affected subscription. */
export function gapEvents({ fromMs, toMs, subscriptions }: Gap): CloudEvent[] {
  const events: CloudEvent[] = [];
  for (let start = 0; start < Math.max(1, subscriptions.length); start += SUBSCRIPTIONS_PER_EVENT) {
    events.push({
      ...attributes('gap', '/enreach', 'gap', toMs),
      data: {
        from: new Date(fromMs - ON_THE_WAY_MS).toISOString(),
        to: new Date(toMs).toISOString(),
        subscriptions: subscriptions
          .slice(start, start + SUBSCRIPTIONS_PER_EVENT)
          .map(({ entityId, eventName }) => ({ entityId, eventName })),
      },
    });
  }
  return events;
}

/**
 * The state of a queue after a gap, as EnreachAPI has it. Its members have other names than those of the event
 * QueueStatus, so it is an event of its own: `com.enreach.rte.queuesnapshot`.
 */
export function queueSnapshotEvent({ queueId, status, readAtMs }: QueueSnapshot): CloudEvent {
  return {
    ...attributes('queuesnapshot', `/enreach/queue/${queueId}`, queueId, readAtMs),
    data: { queueId, status },
  };
}

function attributes(name: string, source: string, subject: string, timeMs: number): Omit<CloudEvent, 'data'> {
  return {
    specversion: '1.0',
    id: randomUUID(),
    source,
    type: `com.enreach.rte.${name}`,
    subject,
    time: new Date(timeMs).toISOString(),
    datacontenttype: 'application/json',
  };
}
