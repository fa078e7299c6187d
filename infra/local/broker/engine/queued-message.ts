import type { MessageContent, QueuedMessage } from './message.ts';

/** What a message brings along when it comes from elsewhere in the bus, or from the journal. */
export interface MessageOrigin {
  readonly sequence?: number;
  readonly enqueuedSequence?: number;
  readonly enqueuedAtMs?: number;
  readonly expiresAtMs?: number;
  readonly deliveryCount?: number;
  readonly deadLetterSource?: string | undefined;
}

interface Arrival extends MessageOrigin {
  readonly sequence: number;
  readonly nowMs: number;
  /** Of the queue; the message's own counts when it is shorter. */
  readonly defaultTtlMs: number;
}

/** A message on its way into a queue. */
export function newQueuedMessage(content: MessageContent, arrival: Arrival): QueuedMessage {
  const { sequence, nowMs, defaultTtlMs } = arrival;
  const enqueuedAtMs = arrival.enqueuedAtMs ?? nowMs;
  return {
    sequence,
    enqueuedSequence: arrival.enqueuedSequence ?? sequence,
    enqueuedAtMs,
    expiresAtMs:
      arrival.expiresAtMs ?? enqueuedAtMs + Math.min(content.ttlMs ?? Number.POSITIVE_INFINITY, defaultTtlMs),
    deadLetterSource: arrival.deadLetterSource,
    content,
    status: 'arriving',
    deferred: false,
    deliveryCount: arrival.deliveryCount ?? 0,
    readyEntry: undefined,
    expiryEntry: undefined,
  };
}
