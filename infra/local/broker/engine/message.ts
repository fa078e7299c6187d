import type { HeapEntry } from './ordered-heap.ts';

/** A property's new value: text, or a value in the encoding of the message's own properties. */
export type PropertyChanges = ReadonlyMap<string, string | Buffer>;

/** What filters may look at. Absent properties are undefined. */
export interface FilterSubject {
  readonly system: {
    readonly correlationId: unknown;
    readonly messageId: unknown;
    readonly to: unknown;
    readonly replyTo: unknown;
    readonly label: unknown;
    readonly sessionId: unknown;
    readonly replyToSessionId: unknown;
    readonly contentType: unknown;
  };
  readonly properties: ReadonlyMap<unknown, unknown>;
}

/** What the broker says about a message that it shows or hands out. Times are milliseconds since 1970. */
export interface DeliveryStamp {
  readonly sequence: number;
  /** The number it had where it first entered the bus. */
  readonly enqueuedSequence: number;
  readonly enqueuedAtMs: number;
  /** Infinity: never. */
  readonly expiresAtMs: number;
  /** Deliveries before this one that ended without a settlement. */
  readonly deliveryCount: number;
  readonly lockedUntilMs?: number | undefined;
  readonly state: 'active' | 'deferred' | 'scheduled';
  /** The entity that dead-lettered it, for messages of a dead-letter queue. */
  readonly deadLetterSource?: string | undefined;
}

/** A message as its sender made it. The engine reads what it needs and never changes one in place. */
export interface MessageContent {
  readonly messageId: string;
  readonly sessionId: string | undefined;
  readonly ttlMs: number | undefined;
  readonly scheduledAtMs: number | undefined;
  /** Size of the sender's encoding in bytes. */
  readonly size: number;
  /** The form that the store keeps and gives back after a restart. */
  readonly stored: Buffer;
  /** The same message with application properties added or replaced. */
  withProperties(changes: PropertyChanges): MessageContent;
  filterSubject(): FilterSubject;
  /** The message as a receiver gets it. */
  encode(stamp: DeliveryStamp): Buffer;
}

/**
 * Where a message stands in its queue. `arriving`: not yet in the store, invisible. `ready`: may be delivered.
 * `deferred`: delivered only when asked for by number. A locked message is in a consumer's hands.
 */
export type MessageStatus = 'arriving' | 'ready' | 'locked' | 'deferred';

/** A message in one queue, subscription or dead-letter queue. */
export interface QueuedMessage {
  readonly sequence: number;
  /** The number it had where it first entered the bus. */
  readonly enqueuedSequence: number;
  readonly enqueuedAtMs: number;
  /** Infinity: never. */
  readonly expiresAtMs: number;
  /** The entity that dead-lettered it, for messages of a dead-letter queue. */
  readonly deadLetterSource: string | undefined;
  content: MessageContent;
  status: MessageStatus;
  /** Stays set while a deferred message is locked: it returns to being deferred. */
  deferred: boolean;
  /** Deliveries that ended without a settlement. */
  deliveryCount: number;
  /** Its places in the order of delivery and in the order of expiry. */
  readyEntry: HeapEntry<QueuedMessage> | undefined;
  expiryEntry: HeapEntry<() => void> | undefined;
}

/** A message that waits for its time, in a queue or a topic. */
export interface ScheduledMessage {
  readonly sequence: number;
  readonly content: MessageContent;
  readonly enqueuedAtMs: number;
  readonly dueAtMs: number;
}
