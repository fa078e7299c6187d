/**
 * Reading AMQP 1.0 values (OASIS AMQP 1.0, part 1) straight from a buffer: skipping one costs no decoding,
 * so a message can be taken apart without touching what the broker does not need.
 */

/** The bytes are no AMQP. The message says where. */
export class MalformedAmqpError extends Error {
  override readonly name = 'MalformedAmqpError';
}

/**
 * A decoded value. Integers above 2^53 are bigint, uuids are 32 hexadecimal digits, maps are JavaScript maps,
 * symbols are strings.
 */
export type AmqpValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Date
  | Buffer
  | AmqpValue[]
  | Map<AmqpValue, AmqpValue>
  | Described;

export interface Described {
  readonly descriptor: AmqpValue;
  readonly value: AmqpValue;
}

interface Decoded {
  readonly value: AmqpValue;
  /** Offset of the first byte behind the value. */
  readonly end: number;
}

const DESCRIBED = 0x00;
const FIXED_WIDTHS: Readonly<Record<number, number>> = { 4: 0, 5: 1, 6: 2, 7: 4, 8: 8, 9: 16 };

/** Offset of the first byte behind the value that starts at `offset`. */
export function skipValue(bytes: Buffer, offset: number): number {
  const code = byteAt(bytes, offset);
  if (code === DESCRIBED) return skipValue(bytes, skipValue(bytes, offset + 1));
  return bodyEnd(bytes, code, offset + 1);
}

/** Decodes the value that starts at `offset`. */
export function readValue(bytes: Buffer, offset: number): Decoded {
  const code = byteAt(bytes, offset);
  if (code === DESCRIBED) {
    const descriptor = readValue(bytes, offset + 1);
    const { value, end } = readValue(bytes, descriptor.end);
    return { value: { descriptor: descriptor.value, value }, end };
  }
  return readBody(bytes, code, offset + 1);
}

/**
 * The elements of the list or map that starts at `offset`, as offsets: element n spans from `starts[n]` to
 * `starts[n + 1]`, so there is one offset more than there are elements.
 */
export function elementOffsets(bytes: Buffer, offset: number): number[] {
  const code = byteAt(bytes, offset);
  if (code === 0x45) return [offset + 1];
  const wide = code === 0xd0 || code === 0xd1;
  if (!wide && code !== 0xc0 && code !== 0xc1) throw new MalformedAmqpError(`no list or map at byte ${offset}`);
  const end = bodyEnd(bytes, code, offset + 1);
  const count = wide ? uint32At(bytes, offset + 5) : byteAt(bytes, offset + 2);
  const starts = [offset + (wide ? 9 : 3)];
  for (let index = 0, position = offset + (wide ? 9 : 3); index < count; index++) {
    position = skipValue(bytes, position);
    if (position > end) throw new MalformedAmqpError(`an element at byte ${offset} runs out of its list`);
    starts.push(position);
  }
  return starts;
}

/** The entries of the map that starts at `offset`: each value still encoded, under its key as text. */
export function rawMapEntries(bytes: Buffer, offset: number): Map<string, Buffer> {
  const starts = elementOffsets(bytes, offset);
  const entries = new Map<string, Buffer>();
  for (let index = 0; index + 2 < starts.length; index += 2) {
    const [keyStart = 0, valueStart, valueEnd] = starts.slice(index, index + 3);
    entries.set(String(readValue(bytes, keyStart).value), bytes.subarray(valueStart, valueEnd));
  }
  return entries;
}

function bodyEnd(bytes: Buffer, code: number, offset: number): number {
  const kind = code >>> 4;
  const width = FIXED_WIDTHS[kind];
  let end: number;
  if (width !== undefined) end = offset + width;
  else if (kind === 0xa || kind === 0xc || kind === 0xe) end = offset + 1 + byteAt(bytes, offset);
  else if (kind === 0xb || kind === 0xd || kind === 0xf) end = offset + 4 + uint32At(bytes, offset);
  else throw new MalformedAmqpError(`no AMQP type 0x${code.toString(16)} (byte ${offset - 1})`);
  if (end > bytes.length) throw new MalformedAmqpError(`the value at byte ${offset - 1} is cut off`);
  return end;
}

function readBody(bytes: Buffer, code: number, offset: number): Decoded {
  const end = bodyEnd(bytes, code, offset);
  switch (code) {
    case 0x40:
      return { value: null, end };
    case 0x41:
      return { value: true, end };
    case 0x42:
      return { value: false, end };
    case 0x43:
    case 0x44:
      return { value: 0, end };
    case 0x45:
      return { value: [], end };
    case 0x50:
    case 0x52:
    case 0x53:
      return { value: bytes.readUInt8(offset), end };
    case 0x51:
    case 0x54:
    case 0x55:
      return { value: bytes.readInt8(offset), end };
    case 0x56:
      return { value: bytes.readUInt8(offset) !== 0, end };
    case 0x60:
      return { value: bytes.readUInt16BE(offset), end };
    case 0x61:
      return { value: bytes.readInt16BE(offset), end };
    case 0x70:
      return { value: bytes.readUInt32BE(offset), end };
    case 0x71:
      return { value: bytes.readInt32BE(offset), end };
    case 0x72:
      return { value: bytes.readFloatBE(offset), end };
    case 0x73:
      return { value: String.fromCodePoint(Math.min(bytes.readUInt32BE(offset), 0x10ffff)), end };
    case 0x80:
      return { value: narrowed(bytes.readBigUInt64BE(offset)), end };
    case 0x81:
      return { value: narrowed(bytes.readBigInt64BE(offset)), end };
    case 0x82:
      return { value: bytes.readDoubleBE(offset), end };
    case 0x83:
      return { value: new Date(Number(bytes.readBigInt64BE(offset))), end };
    case 0x98:
      return { value: bytes.toString('hex', offset, end), end };
    case 0xa1:
    case 0xa3:
      return { value: bytes.toString('utf8', offset + 1, end), end };
    case 0xb1:
    case 0xb3:
      return { value: bytes.toString('utf8', offset + 4, end), end };
    case 0xa0:
      return { value: bytes.subarray(offset + 1, end), end };
    case 0xb0:
      return { value: bytes.subarray(offset + 4, end), end };
    case 0xc0:
    case 0xd0:
      return { value: readElements(bytes, offset - 1), end };
    case 0xc1:
    case 0xd1:
      return { value: pairs(readElements(bytes, offset - 1)), end };
    case 0xe0:
    case 0xf0:
      return { value: readArray(bytes, code, offset), end };
    default:
      // Decimals: the bytes stand for themselves.
      return { value: bytes.subarray(offset, end), end };
  }
}

function readElements(bytes: Buffer, offset: number): AmqpValue[] {
  return elementOffsets(bytes, offset)
    .slice(0, -1)
    .map((start) => readValue(bytes, start).value);
}

function pairs(elements: readonly AmqpValue[]): Map<AmqpValue, AmqpValue> {
  if (elements.length % 2 !== 0) throw new MalformedAmqpError('a map has a key without a value');
  const map = new Map<AmqpValue, AmqpValue>();
  for (let index = 0; index < elements.length; index += 2)
    map.set(elements[index] ?? null, elements[index + 1] ?? null);
  return map;
}

function readArray(bytes: Buffer, code: number, offset: number): AmqpValue[] {
  const wide = code === 0xf0;
  const count = wide ? uint32At(bytes, offset + 4) : byteAt(bytes, offset + 1);
  let position = offset + (wide ? 8 : 2);
  while (byteAt(bytes, position) === DESCRIBED) position = skipValue(bytes, position + 1);
  const elementCode = byteAt(bytes, position);
  position += 1;
  // Elements of zero width (nulls, booleans) would let a few bytes ask for billions of elements.
  if (count > bytes.length) throw new MalformedAmqpError(`the array at byte ${offset - 1} is longer than its bytes`);
  const elements: AmqpValue[] = [];
  for (let index = 0; index < count; index++) {
    const { value, end } = readBody(bytes, elementCode, position);
    elements.push(value);
    position = end;
  }
  return elements;
}

function narrowed(value: bigint): number | bigint {
  return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value;
}

function byteAt(bytes: Buffer, offset: number): number {
  const byte = bytes[offset];
  if (byte === undefined) throw new MalformedAmqpError(`the data ends at byte ${offset}`);
  return byte;
}

function uint32At(bytes: Buffer, offset: number): number {
  if (offset + 4 > bytes.length) throw new MalformedAmqpError(`the data ends at byte ${bytes.length}`);
  return bytes.readUInt32BE(offset);
}
