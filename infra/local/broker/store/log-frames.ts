import { crc32 } from 'node:zlib';
import { type JournalRecord, parseRecordHeader } from './journal.ts';

/**
 * The log's format. A file begins with MAGIC; then come frames, each one change that is there as a whole or not at all:
 *
 *   uint32 length of the payload, uint32 CRC-32 of the payload, payload
 *
 * The payload is a sequence of records: uint32 length of the header, uint32 length of the body, header (JSON), body.
 */
export const MAGIC = Buffer.from('BUSLOG1\n');

const FRAME_HEAD_BYTES = 8;
const RECORD_HEAD_BYTES = 8;

export function encodeFrame(records: readonly JournalRecord[]): Buffer {
  const headers = records.map(({ header }) => Buffer.from(JSON.stringify(header)));
  const payloadBytes = records.reduce(
    (sum, { body }, index) => sum + RECORD_HEAD_BYTES + (headers[index]?.length ?? 0) + body.length,
    0,
  );
  const frame = Buffer.allocUnsafe(FRAME_HEAD_BYTES + payloadBytes);
  let offset = FRAME_HEAD_BYTES;
  records.forEach(({ body }, index) => {
    const header = headers[index] ?? Buffer.alloc(0);
    offset = frame.writeUInt32BE(header.length, offset);
    offset = frame.writeUInt32BE(body.length, offset);
    offset += header.copy(frame, offset);
    offset += body.copy(frame, offset);
  });
  frame.writeUInt32BE(payloadBytes, 0);
  frame.writeUInt32BE(crc32(frame.subarray(FRAME_HEAD_BYTES)), 4);
  return frame;
}

/**
 * The records of the frame at `offset`, and where the next one begins.
 * Undefined when there is no whole and sound frame: the end of the log, or a write that was cut short.
 */
export function decodeFrame(bytes: Buffer, offset: number): { records: JournalRecord[]; end: number } | undefined {
  const payloadStart = offset + FRAME_HEAD_BYTES;
  if (payloadStart > bytes.length) return undefined;
  const end = payloadStart + bytes.readUInt32BE(offset);
  // A frame without records is never written; a disk that lost a write may give back zeros.
  if (end > bytes.length || end === payloadStart) return undefined;
  const payload = bytes.subarray(payloadStart, end);
  if (crc32(payload) !== bytes.readUInt32BE(offset + 4)) return undefined;
  const records: JournalRecord[] = [];
  for (let position = 0; position < payload.length; ) {
    const headerStart = position + RECORD_HEAD_BYTES;
    const bodyStart = headerStart + payload.readUInt32BE(position);
    const bodyEnd = bodyStart + payload.readUInt32BE(position + 4);
    const header = parseRecordHeader(payload.toString('utf8', headerStart, bodyStart));
    records.push({ header, body: payload.subarray(bodyStart, bodyEnd) });
    position = bodyEnd;
  }
  return { records, end };
}
