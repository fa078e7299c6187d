import type { DeliveryStamp } from '../engine/message.ts';
import { ByteWriter } from './byte-writer.ts';
import { SECTION } from './sections.ts';

const MAX_UINT = 0xffff_ffff;

/** Values of `x-opt-message-state`. */
const STATE = { active: 0, deferred: 1, scheduled: 2 } as const;

/** The parts of a message that a delivery is made of. */
interface Deliverable {
  readonly header: { readonly durable: boolean; readonly priority: number | undefined };
  readonly annotations: readonly Buffer[];
  readonly bare: Buffer;
}

const KEY = {
  sequence: encodedSymbol('x-opt-sequence-number'),
  enqueuedAt: encodedSymbol('x-opt-enqueued-time'),
  lockedUntil: encodedSymbol('x-opt-locked-until'),
  enqueuedSequence: encodedSymbol('x-opt-enqueue-sequence-number'),
  state: encodedSymbol('x-opt-message-state'),
  deadLetterSource: encodedSymbol('x-opt-deadletter-source'),
};

/** The message as a receiver gets it: the broker's header and annotations, then the sender's bytes unchanged. */
export function encodeDelivery(content: Deliverable, stamp: DeliveryStamp): Buffer {
  const annotations = new ByteWriter();
  annotations.raw(KEY.sequence).long(stamp.sequence);
  annotations.raw(KEY.enqueuedAt).timestamp(stamp.enqueuedAtMs);
  annotations.raw(KEY.enqueuedSequence).long(stamp.enqueuedSequence);
  annotations.raw(KEY.state).int(STATE[stamp.state]);
  let elements = 8;
  if (stamp.lockedUntilMs !== undefined) {
    annotations.raw(KEY.lockedUntil).timestamp(stamp.lockedUntilMs);
    elements += 2;
  }
  if (stamp.deadLetterSource !== undefined) {
    annotations.raw(KEY.deadLetterSource).string(stamp.deadLetterSource);
    elements += 2;
  }
  return new ByteWriter(512 + content.bare.length)
    .section(SECTION.header)
    .compound(0xd0, 5, [header(content, stamp)])
    .section(SECTION.messageAnnotations)
    .compound(0xd1, elements + content.annotations.length, [annotations.finish(), ...content.annotations])
    .raw(content.bare)
    .finish();
}

/** Durable, priority, ttl, first-acquirer and delivery-count. */
function header(content: Deliverable, stamp: DeliveryStamp): Buffer {
  const fields = new ByteWriter(32).boolean(content.header.durable);
  if (content.header.priority === undefined) fields.null();
  else fields.ubyte(content.header.priority);
  const ttlMs = stamp.expiresAtMs - stamp.enqueuedAtMs;
  if (ttlMs >= 0 && ttlMs <= MAX_UINT) fields.uint(ttlMs);
  else fields.null();
  return fields
    .boolean(stamp.deliveryCount === 0)
    .uint(stamp.deliveryCount)
    .finish();
}

function encodedSymbol(text: string): Buffer {
  return new ByteWriter(64).symbol(text).finish();
}
