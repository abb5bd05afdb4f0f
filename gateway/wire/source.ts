/** Reads protobuf's wire format, as far as encoders write it. */

const LOW_BITS = 2 ** 28;

/** What stands before a field. */
export function tagOf(number: number, wireType: number): number {
  return ((number << 3) | wireType) >>> 0;
}

/**
 * A message's bytes and how far they are read. Nothing here throws: what is not as an encoder
 * writes it makes the source odd, whose values then mean nothing, and whose tags are over.
 */
export class Source {
  readonly bytes: Uint8Array;
  at: number;
  isOdd = false;
  #view: DataView | undefined;

  constructor(bytes: Uint8Array, at = 0) {
    this.bytes = bytes;
    this.at = at;
  }

  /** The next field's number and wire type; 0 where the message ends, or nothing can be read. */
  tag(end: number): number {
    if (this.at >= end || this.isOdd) {
      this.isOdd ||= this.at > end;
      return 0;
    }
    const tag = this.uint32();
    this.isOdd ||= tag === 0;
    return tag;
  }

  /** To be said where a message should end: the tag that came last there. */
  finish(tag: number, end: number): void {
    this.isOdd ||= tag !== 0 || this.at !== end;
  }

  /** Where the contents that begin here end. */
  contents(end: number): number {
    const length = this.uint32();
    const last = this.at + length;
    if (last > end) {
      this.isOdd = true;
      this.at = end;
      return end;
    }
    return last;
  }

  /** The low half of a varint. */
  uint32(): number {
    const { bytes } = this;
    let byte = bytes[this.at++] as number;
    if (byte < 0x80) {
      return byte;
    }
    let value = byte & 0x7f;
    for (let shift = 7; shift < 70; shift += 7) {
      byte = bytes[this.at++] as number;
      if (shift < 32) {
        value |= (byte & 0x7f) << shift;
      }
      if (byte < 0x80) {
        return value >>> 0;
      }
    }
    this.isOdd = true;
    return 0;
  }

  int32(): number {
    return this.uint32() | 0;
  }

  sint32(): number {
    const value = this.uint32();
    return (value >>> 1) ^ -(value & 1);
  }

  bool(): boolean {
    const byte = this.bytes[this.at++] as number;
    this.isOdd ||= byte > 1;
    return byte === 1;
  }

  /** A number where it can be exact, as most are. */
  int64(): number | bigint {
    const value = this.uint64();
    return typeof value === "number" ? value : BigInt.asIntN(64, value);
  }

  uint64(): number | bigint {
    const { bytes, at } = this;
    let low = 0;
    let high = 0;
    for (let shift = 0; shift < 49; shift += 7) {
      const byte = bytes[this.at++] as number;
      if (shift < 28) {
        low |= (byte & 0x7f) << shift;
      } else {
        high |= (byte & 0x7f) << (shift - 28);
      }
      if (byte < 0x80) {
        return high * LOW_BITS + low;
      }
    }
    this.at = at;
    return this.#long();
  }

  sint64(): number | bigint {
    const value = BigInt(this.uint64());
    return (value >> 1n) ^ -(value & 1n);
  }

  fixed32(): number {
    return this.#take(4)?.getUint32(this.at - 4, true) ?? 0;
  }

  sfixed32(): number {
    return this.fixed32() | 0;
  }

  fixed64(): bigint {
    return this.#take(8)?.getBigUint64(this.at - 8, true) ?? 0n;
  }

  sfixed64(): bigint {
    return BigInt.asIntN(64, this.fixed64());
  }

  float(): number {
    return this.#take(4)?.getFloat32(this.at - 4, true) ?? 0;
  }

  double(): number {
    return this.#take(8)?.getFloat64(this.at - 8, true) ?? 0;
  }

  /** Goes past the field of a tag. */
  skip(tag: number, end: number): void {
    switch (tag & 7) {
      case 0:
        this.uint64();
        break;
      case 1:
        this.#take(8);
        break;
      case 2:
        this.at = this.contents(end);
        break;
      case 5:
        this.#take(4);
        break;
      default:
        this.isOdd = true;
    }
  }

  #long(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.bytes[this.at++] as number;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) {
        return BigInt.asUintN(64, value);
      }
    }
    this.isOdd = true;
    return 0n;
  }

  #take(count: number): DataView | undefined {
    this.at += count;
    if (this.at > this.bytes.length) {
      this.isOdd = true;
      return undefined;
    }
    const { buffer, byteOffset, byteLength } = this.bytes;
    this.#view ??= new DataView(buffer, byteOffset, byteLength);
    return this.#view;
  }
}
