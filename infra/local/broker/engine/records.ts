import { EMPTY_BODY, type JournalRecord } from '../store/journal.ts';
import type { QueuedMessage, ScheduledMessage } from './message.ts';

/** The journal's words for what the engine does. */

/** What a record takes beside its message, about. */
export const RECORD_BYTES = 200;

export function putRecord(entity: string, message: QueuedMessage): JournalRecord {
  const { sequence, enqueuedSequence, enqueuedAtMs, expiresAtMs, deadLetterSource, deliveryCount, deferred } = message;
  return {
    header: {
      ...{ type: 'put', entity, sequence, enqueuedSequence, enqueuedAtMs, deliveryCount, deferred },
      ...(expiresAtMs !== Number.POSITIVE_INFINITY && { expiresAtMs }),
      ...(deadLetterSource !== undefined && { deadLetterSource }),
    },
    body: message.content.stored,
  };
}

export function scheduleRecord(entity: string, message: ScheduledMessage): JournalRecord {
  const { sequence, content, enqueuedAtMs, dueAtMs } = message;
  return { header: { type: 'schedule', entity, sequence, enqueuedAtMs, dueAtMs }, body: content.stored };
}

export function changeRecord(entity: string, message: QueuedMessage): JournalRecord {
  const { sequence, deliveryCount, deferred } = message;
  return { header: { type: 'change', entity, sequence, deliveryCount, deferred }, body: EMPTY_BODY };
}

export function removeRecord(entity: string, sequence: number): JournalRecord {
  return { header: { type: 'remove', entity, sequence }, body: EMPTY_BODY };
}

export function acceptedRecord(entity: string, messageId: string, atMs: number): JournalRecord {
  return { header: { type: 'accepted', entity, messageId, atMs }, body: EMPTY_BODY };
}

export function sequenceRecord(entity: string, last: number): JournalRecord {
  return { header: { type: 'sequence', entity, last }, body: EMPTY_BODY };
}

export function sessionRecord(entity: string, sessionId: string, state: Buffer | undefined): JournalRecord {
  return {
    header: { type: 'session', entity, sessionId, present: state !== undefined },
    body: state ?? EMPTY_BODY,
  };
}
