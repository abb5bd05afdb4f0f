/** Writes JSON as bytes. */
import { mustEscape, writeEscaped } from "./escaping.ts";
import type { Source } from "./source.ts";
import { copyMoment } from "./time.ts";

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const MAX_DEPTH = 100;
/** Of what it begins with, and of what it keeps from one answer to the next. */
const FIRST_SIZE = 2 ** 16;
const KEPT_SIZE = 2 ** 20;
/** The most that a byte of a message becomes: one that is escaped (6), one of a float (8). */
const GROWTH = 8;

/** The numbers of an enum → their names in quotes. */
export type EnumNames = ReadonlyMap<number, Uint8Array>;

/** Writes what is left of a message, of which `end` is the end. */
export type JsonWriter = (from: Source, to: Sink, end: number) => void;

/** The JSON of a message of google.protobuf's; undefined where there is none. */
export type WellKnown = (typeName: string, bytes: Uint8Array) => string | undefined;

/**
 * Every value is written with a comma before it; what opens an object or a list goes over the
 * first one. Room is made by `open` alone, for all that the message holds beside other messages.
 */
export class Sink {
  bytes = Buffer.allocUnsafe(FIRST_SIZE);
  to = 0;
  #depth = 0;
  readonly #wellKnown: WellKnown;

  constructor(wellKnown: WellKnown) {
    this.#wellKnown = wellKnown;
  }

  /** Forgets what it holds. */
  clear(): void {
    this.to = 0;
    this.#depth = 0;
    if (this.bytes.length > KEPT_SIZE) {
      this.bytes = Buffer.allocUnsafe(FIRST_SIZE);
    }
  }

  /** Begins a message: `own` bytes of names and defaults, and what becomes of `held` bytes. */
  open(own: number, held: number, from: Source): number {
    this.#depth += 1;
    from.isOdd ||= this.#depth > MAX_DEPTH;
    this.room(own + GROWTH * held);
    return this.to;
  }

  /** Ends the object that began at `start`. */
  close(start: number): void {
    this.#depth -= 1;
    this.closeMap(start);
  }

  /** Ends the list that began at `start`. */
  closeList(start: number): void {
    this.#end(start, 0x5b, 0x5d);
  }

  /** Ends the map that began at `start`. */
  closeMap(start: number): void {
    this.#end(start, 0x7b, 0x7d);
  }

  #end(start: number, opening: number, closing: number): void {
    if (this.to === start) {
      this.to += 1;
    }
    this.bytes[start] = opening;
    this.bytes[this.to++] = closing;
  }

  room(count: number): void {
    const wanted = this.to + count;
    if (wanted > this.bytes.length) {
      const grown = Buffer.allocUnsafe(Math.max(wanted, 2 * this.bytes.length));
      grown.set(this.bytes.subarray(0, this.to));
      this.bytes = grown;
    }
  }

  comma(): void {
    this.bytes[this.to++] = COMMA;
  }

  /** Bytes that are JSON already. */
  put(json: Uint8Array): void {
    const { bytes } = this;
    let { to } = this;
    for (let at = 0; at < json.length; at += 1) {
      bytes[to++] = json[at] as number;
    }
    this.to = to;
  }

  text(from: Source, end: number): void {
    const source = from.bytes;
    const last = from.contents(end);
    const { bytes } = this;
    let { to } = this;
    bytes[to++] = QUOTE;
    for (let at = from.at; at < last; at += 1) {
      const byte = source[at] as number;
      if (mustEscape[byte] === 0) {
        bytes[to++] = byte;
      } else {
        to = writeEscaped(bytes, to, byte);
      }
    }
    bytes[to++] = QUOTE;
    this.to = to;
    from.at = last;
  }

  base64(from: Source, end: number): void {
    const last = from.contents(end);
    const { buffer, byteOffset } = from.bytes;
    const held = Buffer.from(buffer, byteOffset + from.at, last - from.at);
    this.#ascii(`"${held.toString("base64")}"`);
    from.at = last;
  }

  bool(value: boolean): void {
    this.#ascii(value ? "true" : "false");
  }

  integer(value: number): void {
    if (value >= 0 && value < 10) {
      this.bytes[this.to++] = 0x30 + value;
    } else {
      this.#ascii(String(value));
    }
  }

  /** 64 bits, which JSON's readers could not hold as a number, or a map's key. */
  quoted(value: number | bigint | boolean): void {
    this.#ascii(`"${value}"`);
  }

  float(value: number): void {
    this.#ascii(Number.isFinite(value) ? JSON.stringify(value) : `"${value}"`);
  }

  enumeration(value: number, names: EnumNames): void {
    const name = names.get(value);
    if (name) {
      this.put(name);
    } else {
      this.integer(value);
    }
  }

  /** A google.protobuf.Timestamp. */
  moment(from: Source, end: number): void {
    this.to = copyMoment(from, end, this.bytes, this.to);
  }

  /** A message whose JSON is a matter of its own. */
  other(typeName: string, from: Source, end: number): void {
    const last = from.contents(end);
    const json = this.#wellKnown(typeName, from.bytes.subarray(from.at, last));
    from.isOdd ||= json === undefined;
    this.room(GROWTH * (json?.length ?? 0));
    this.to += this.bytes.write(json ?? "", this.to);
    from.at = last;
  }

  /** A map's key that was written from `start` on, and the colon; no key may be there twice. */
  key(start: number, seen: Set<string>, from: Source): void {
    const key = this.bytes.toString("latin1", start, this.to);
    from.isOdd ||= seen.has(key);
    seen.add(key);
    this.bytes[this.to++] = COLON;
  }

  #ascii(text: string): void {
    const { bytes } = this;
    let { to } = this;
    for (let at = 0; at < text.length; at += 1) {
      bytes[to++] = text.charCodeAt(at);
    }
    this.to = to;
  }
}
