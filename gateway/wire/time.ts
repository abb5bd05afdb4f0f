/** Moments as RFC 3339 has them, written as digits into bytes. */
import type { Source } from "./source.ts";

const DAY = 86_400;
/** 0001-01-01T00:00:00Z and 9999-12-31T23:59:59Z, which protobuf's Timestamp lies between. */
const FIRST = -62_135_596_800;
const LAST = 253_402_300_799;
const QUOTE = 0x22;
const DASH = 0x2d;
const ZERO = 0x30;
const COLON = 0x3a;

/** From a google.protobuf.Timestamp to its JSON; answers where that ends, 32 bytes on at most. */
export function copyMoment(from: Source, end: number, bytes: Uint8Array, to: number): number {
  const last = from.contents(end);
  let tag = from.tag(last);
  let seconds = 0;
  let nanos = 0;
  if (tag === 8) {
    seconds = Number(from.int64());
    tag = from.tag(last);
  }
  if (tag === 16) {
    nanos = from.int32();
    tag = from.tag(last);
  }
  from.finish(tag, last);
  from.isOdd ||= seconds < FIRST || seconds > LAST || nanos < 0 || nanos >= 1e9;
  return from.isOdd ? to : writeMoment(bytes, to, seconds, nanos);
}

/** `"2026-01-31T23:59:59.123Z"` */
function writeMoment(bytes: Uint8Array, to: number, seconds: number, nanos: number): number {
  const day = Math.floor(seconds / DAY);
  const second = seconds - day * DAY;
  const minute = Math.floor(second / 60);
  bytes[to] = QUOTE;
  writeDate(bytes, to + 1, day);
  bytes[to + 11] = 0x54;
  digits(bytes, to + 12, Math.floor(minute / 60), 2);
  bytes[to + 14] = COLON;
  digits(bytes, to + 15, minute % 60, 2);
  bytes[to + 17] = COLON;
  digits(bytes, to + 18, second % 60, 2);
  const end = writeFraction(bytes, to + 20, nanos);
  bytes[end] = 0x5a;
  bytes[end + 1] = QUOTE;
  return end + 2;
}

/**
 * The civil date of a day since 1970-01-01, by counting from 1 March of year 0: leap days come
 * last in such years, and 400 of them have 146,097 days.
 */
function writeDate(bytes: Uint8Array, to: number, day: number): void {
  const since = day + 719_468;
  const era = Math.floor(since / 146_097);
  const dayOfEra = since - era * 146_097;
  const leaps = Math.floor(dayOfEra / 1_460);
  const yearOfEra = Math.floor(
    (dayOfEra - leaps + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear =
    dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const fromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9;
  digits(bytes, to, yearOfEra + era * 400 + (month <= 2 ? 1 : 0), 4);
  bytes[to + 4] = DASH;
  digits(bytes, to + 5, month, 2);
  bytes[to + 7] = DASH;
  digits(bytes, to + 8, dayOfYear - Math.floor((153 * fromMarch + 2) / 5) + 1, 2);
}

/** Nothing, three, six or nine digits: as few as say it. */
function writeFraction(bytes: Uint8Array, to: number, nanos: number): number {
  if (nanos === 0) {
    return to;
  }
  bytes[to] = 0x2e;
  const count = nanos % 1e6 === 0 ? 3 : nanos % 1e3 === 0 ? 6 : 9;
  digits(bytes, to + 1, nanos / 10 ** (9 - count), count);
  return to + 1 + count;
}

function digits(bytes: Uint8Array, to: number, value: number, count: number): void {
  let rest = value;
  for (let at = to + count - 1; at >= to; at -= 1) {
    const tens = Math.floor(rest / 10);
    bytes[at] = ZERO + rest - tens * 10;
    rest = tens;
  }
}
