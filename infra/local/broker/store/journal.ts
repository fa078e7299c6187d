import * as z from '../../../../shared/zod.ts';

/**
 * What is remembered. Every record sets something to a value, so that replaying one twice changes nothing:
 * a snapshot may overlap with the records behind it. `entity` is the path of a queue, subscription, dead-letter queue
 * or topic; times are milliseconds since 1970.
 */
const headerSchema = z.discriminatedUnion('type', [
  /** A message is here, and this is its state. The body is its content. */
  z.object({
    type: z.literal('put'),
    entity: z.string(),
    sequence: z.int(),
    enqueuedSequence: z.int(),
    enqueuedAtMs: z.number(),
    /** Absent: never. */
    expiresAtMs: z.optional(z.number()),
    deadLetterSource: z.optional(z.string()),
    deliveryCount: z.int(),
    deferred: z.boolean(),
  }),
  /** A message waits for its time. The body is its content. */
  z.object({
    type: z.literal('schedule'),
    entity: z.string(),
    sequence: z.int(),
    enqueuedAtMs: z.number(),
    dueAtMs: z.number(),
  }),
  /** A message that is here was deferred, or its delivery count changed. */
  z.object({
    type: z.literal('change'),
    entity: z.string(),
    sequence: z.int(),
    deliveryCount: z.int(),
    deferred: z.boolean(),
  }),
  /** A message, scheduled or not, is gone. */
  z.object({ type: z.literal('remove'), entity: z.string(), sequence: z.int() }),
  /** A message id was accepted: another within the window is a duplicate. */
  z.object({ type: z.literal('accepted'), entity: z.string(), messageId: z.string(), atMs: z.number() }),
  /** The state of a session. The body is the state; `present` is false when it was cleared. */
  z.object({ type: z.literal('session'), entity: z.string(), sessionId: z.string(), present: z.boolean() }),
  /** Sequence numbers up to this one are used. */
  z.object({ type: z.literal('sequence'), entity: z.string(), last: z.int() }),
]);

export type RecordHeader = z.infer<typeof headerSchema>;

export interface JournalRecord {
  readonly header: RecordHeader;
  readonly body: Buffer;
}

export const EMPTY_BODY = Buffer.alloc(0);

/** Reads a header back. Throws when it is none that this version writes. */
export function parseRecordHeader(json: string): RecordHeader {
  return headerSchema.parse(JSON.parse(json));
}

/** Where the engine writes what it must not forget. */
export interface Journal {
  /** Adds records that hold together: after a crash either all of them are there or none. */
  append(records: readonly JournalRecord[]): void;
  /** Calls back, in order, once everything appended so far is safe; at once when it already is. */
  whenSafe(callback: () => void): void;
}

/** For brokers that may forget everything: nothing is kept, so everything is safe at once. */
export const forgetfulJournal: Journal = {
  append: () => undefined,
  whenSafe: (callback) => callback(),
};
