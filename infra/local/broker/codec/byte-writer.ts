/** Writes AMQP 1.0 values, most compact form first, into a buffer that grows when needed. */
export class ByteWriter {
  #bytes: Buffer;
  #length = 0;

  constructor(sizeHint = 256) {
    this.#bytes = Buffer.allocUnsafe(sizeHint);
  }

  /** What was written, without a copy: the writer is not to be used afterwards. */
  finish(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  raw(bytes: Uint8Array): this {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
    return this;
  }

  byte(value: number): this {
    this.#reserve(1);
    this.#bytes[this.#length++] = value;
    return this;
  }

  null(): this {
    return this.byte(0x40);
  }

  boolean(value: boolean): this {
    return this.byte(value ? 0x41 : 0x42);
  }

  ubyte(value: number): this {
    return this.byte(0x50).byte(value);
  }

  uint(value: number): this {
    if (value === 0) return this.byte(0x43);
    if (value < 256) return this.byte(0x52).byte(value);
    this.byte(0x70);
    this.#reserve(4);
    this.#length = this.#bytes.writeUInt32BE(value, this.#length);
    return this;
  }

  int(value: number): this {
    this.byte(0x71);
    this.#reserve(4);
    this.#length = this.#bytes.writeInt32BE(value, this.#length);
    return this;
  }

  /** Always eight bytes wide. */
  long(value: number | bigint): this {
    return this.byte(0x81).#int64(BigInt(value));
  }

  timestamp(ms: number): this {
    return this.byte(0x83).#int64(BigInt(Math.trunc(ms)));
  }

  string(text: string): this {
    return this.#text(text, 0xa1, 0xb1);
  }

  symbol(text: string): this {
    return this.#text(text, 0xa3, 0xb3);
  }

  /** The constructor of a message section: a described value, its descriptor a small ulong. */
  section(code: number): this {
    return this.byte(0x00).byte(0x53).byte(code);
  }

  /** A list or map (`0xd0`, `0xd1`) of `count` encoded elements. */
  compound(code: 0xd0 | 0xd1, count: number, elements: readonly Uint8Array[]): this {
    const size = elements.reduce((sum, element) => sum + element.length, 4);
    this.byte(code);
    this.#reserve(8 + size);
    this.#length = this.#bytes.writeUInt32BE(size, this.#length);
    this.#length = this.#bytes.writeUInt32BE(count, this.#length);
    for (const element of elements) this.raw(element);
    return this;
  }

  #int64(value: bigint): this {
    this.#reserve(8);
    this.#length = this.#bytes.writeBigInt64BE(value, this.#length);
    return this;
  }

  #text(text: string, narrow: number, wide: number): this {
    const size = Buffer.byteLength(text);
    this.#reserve(5 + size);
    if (size < 256) {
      this.byte(narrow).byte(size);
    } else {
      this.byte(wide);
      this.#length = this.#bytes.writeUInt32BE(size, this.#length);
    }
    this.#length += this.#bytes.write(text, this.#length);
    return this;
  }

  #reserve(bytes: number): void {
    if (this.#length + bytes <= this.#bytes.length) return;
    const grown = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#length + bytes));
    this.#bytes.copy(grown, 0, 0, this.#length);
    this.#bytes = grown;
  }
}
