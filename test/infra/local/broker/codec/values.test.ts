import fc from 'fast-check';
import rhea from 'rhea';
import { describe, expect, it } from 'vitest';
import { ByteWriter } from '../../../../../infra/local/broker/codec/byte-writer.ts';
import { SECTION, splitSections } from '../../../../../infra/local/broker/codec/sections.ts';
import {
  MalformedAmqpError,
  rawMapEntries,
  readValue,
  skipValue,
} from '../../../../../infra/local/broker/codec/values.ts';

/** rhea's encoding of a value: the body of a message, without the section around it. */
function encode(value: unknown): Buffer {
  const bytes = rhea.message.encode({ body: value });
  const section = splitSections(bytes).find(({ code }) => code === SECTION.value);
  return bytes.subarray(section?.valueStart, section?.end);
}

const text = fc.string({ unit: 'grapheme', maxLength: 300 });
const scalar = fc.oneof(
  text,
  fc.boolean(),
  fc.constant(null),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }).filter((value) => !Number.isInteger(value)),
  fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
  fc.date({ noInvalidDate: true, min: new Date(0) }),
);
const { value } = fc.letrec((tie) => ({
  value: fc.oneof({ depthSize: 'small' }, scalar, fc.array(tie('value'), { maxLength: 5 }), tie('map')),
  map: fc.array(fc.tuple(text, tie('value')), { maxLength: 5 }).map((entries) => new Map(entries)),
}));

describe('readValue', () => {
  it('reads whatever rhea writes, to its last byte', () => {
    fc.assert(
      fc.property(value, (original) => {
        const bytes = encode(original);
        expect(readValue(bytes, 0)).toEqual({ value: original, end: bytes.length });
        expect(skipValue(bytes, 0)).toBe(bytes.length);
      }),
    );
  });

  it.each<[string, unknown, unknown]>([
    ['ubyte', rhea.types.wrap_ubyte(200), 200],
    ['byte', rhea.types.wrap_byte(-5), -5],
    ['ushort', rhea.types.wrap_ushort(60_000), 60_000],
    ['short', rhea.types.wrap_short(-300), -300],
    ['long', rhea.types.wrap_long(-(2 ** 40)), -(2 ** 40)],
    ['ulong', rhea.types.wrap_ulong(2 ** 40), 2 ** 40],
    ['a long beyond doubles', rhea.types.wrap_long(Buffer.from('7fffffffffffffff', 'hex')), 2n ** 63n - 1n],
    ['float', rhea.types.wrap_float(1.5), 1.5],
    ['symbol', rhea.types.wrap_symbol('s'), 's'],
    ['uuid', rhea.types.wrap_uuid(Buffer.alloc(16, 0xab)), 'ab'.repeat(16)],
    ['array of long', rhea.types.wrap_array([1, 300], 0x81, undefined), [1, 300]],
    ['described', rhea.types.wrap_described('x', 0x137_0000_0006), { descriptor: 0x137_0000_0006, value: 'x' }],
  ])('reads a %s', (_name, typed, expected) => {
    expect(readValue(encode([typed]), 0).value).toEqual([expected]);
  });

  it('says that bytes are no AMQP instead of failing otherwise', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        try {
          readValue(Buffer.from(bytes), 0);
        } catch (error) {
          expect(error).toBeInstanceOf(MalformedAmqpError);
        }
      }),
    );
  });

  it('notices a value that is cut off', () => {
    fc.assert(
      fc.property(value, fc.nat(), (original, cut) => {
        const bytes = encode(original);
        expect(() => readValue(bytes.subarray(0, cut % bytes.length), 0)).toThrow(MalformedAmqpError);
      }),
    );
  });
});

describe('rawMapEntries', () => {
  it('keeps each value as it was encoded', () => {
    const entries = rawMapEntries(encode({ real: 1.5, short: rhea.types.wrap_short(3) }), 0);
    expect([...entries.keys()]).toEqual(['real', 'short']);
    expect(entries.get('short')).toEqual(Buffer.from([0x61, 0, 3]));
  });
});

describe('ByteWriter', () => {
  it('writes what the reader reads', () => {
    fc.assert(
      fc.property(text, fc.maxSafeInteger(), fc.nat(), fc.date({ noInvalidDate: true }), (string, long, uint, date) => {
        const elements = new ByteWriter(1)
          .string(string)
          .long(long)
          .uint(uint)
          .timestamp(date.getTime())
          .null()
          .finish();
        const bytes = new ByteWriter(1).compound(0xd0, 5, [elements]).finish();
        expect(readValue(bytes, 0)).toEqual({ value: [string, long, uint, date, null], end: bytes.length });
      }),
    );
  });
});
