import { crc32 } from 'node:zlib';

/**
 * The spool's format: frames, each one event that is there as a whole or not at all:
 *
 *   4 bytes mark, uint32 length of the payload, uint32 CRC-32 of the payload, payload
 *
 * The payload is: uint32 length of the merge key (0: none), the merge key in UTF-8, the event as JSON in UTF-8.
 * The mark begins with a byte that UTF-8 never has, so no event can look like a frame, and after damage the next sound
 * frame is found again.
 */
const MARK = Buffer.from([0xff, 0x45, 0x56, 0x31]);
const HEAD_BYTES = 12;
const KEY_HEAD_BYTES = 4;

export interface StoredEvent {
  readonly mergeKey: string | undefined;
  /** The event as JSON. */
  readonly body: Buffer;
}

/** The place of a frame in a file, in bytes. */
export interface StoredFrame extends StoredEvent {
  readonly start: number;
  readonly end: number;
}

export function encodeFrame({ mergeKey = '', body }: StoredEvent): Buffer {
  const keyBytes = Buffer.byteLength(mergeKey);
  const payloadBytes = KEY_HEAD_BYTES + keyBytes + body.length;
  const frame = Buffer.allocUnsafe(HEAD_BYTES + payloadBytes);
  MARK.copy(frame);
  frame.writeUInt32BE(payloadBytes, 4);
  frame.writeUInt32BE(keyBytes, HEAD_BYTES);
  frame.write(mergeKey, HEAD_BYTES + KEY_HEAD_BYTES);
  body.copy(frame, HEAD_BYTES + KEY_HEAD_BYTES + keyBytes);
  frame.writeUInt32BE(crc32(frame.subarray(HEAD_BYTES)), 8);
  return frame;
}

/**
 * The first sound frame at or behind `offset`; where it starts later, the bytes before it are damaged.
 * Undefined when there is none. The body is a view of `bytes`, not a copy.
 */
export function nextFrame(bytes: Buffer, offset: number): StoredFrame | undefined {
  for (let start = bytes.indexOf(MARK, offset); start !== -1; start = bytes.indexOf(MARK, start + 1)) {
    const frame = frameAt(bytes, start);
    if (frame !== undefined) return frame;
  }
  return undefined;
}

function frameAt(bytes: Buffer, start: number): StoredFrame | undefined {
  const payloadStart = start + HEAD_BYTES;
  if (payloadStart + KEY_HEAD_BYTES > bytes.length) return undefined;
  const end = payloadStart + bytes.readUInt32BE(start + 4);
  if (end > bytes.length) return undefined;
  const payload = bytes.subarray(payloadStart, end);
  if (crc32(payload) !== bytes.readUInt32BE(start + 8) || payload.length < KEY_HEAD_BYTES) return undefined;
  const bodyStart = KEY_HEAD_BYTES + payload.readUInt32BE(0);
  if (bodyStart > payload.length) return undefined;
  return {
    start,
    end,
    mergeKey: bodyStart === KEY_HEAD_BYTES ? undefined : payload.toString('utf8', KEY_HEAD_BYTES, bodyStart),
    body: payload.subarray(bodyStart),
  };
}
