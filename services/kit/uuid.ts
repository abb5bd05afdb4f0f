import { randomFillSync } from "node:crypto";

const random = Buffer.alloc(4096);
let used = random.length;
let lastMs = 0;
let counter = 0;

/**
 * A UUIDv7 (RFC 9562, method 1): sorts by time, and within this process by the
 * order of the calls, also when the clock steps back.
 */
export function uuidv7(): string {
  if (used + 10 > random.length) {
    randomFillSync(random);
    used = 0;
  }
  const bytes = random.subarray(used, used + 10);
  used += 10;

  const now = Date.now();
  if (now > lastMs) {
    lastMs = now;
    // Starts in the lower half, which leaves 2,048 ids for the same millisecond.
    counter = bytes.readUInt16BE(0) & 0x7ff;
  } else if (++counter > 0xfff) {
    lastMs++;
    counter = 0;
  }
  const time = lastMs.toString(16).padStart(12, "0");
  const order = counter.toString(16).padStart(3, "0");
  const variant = ((bytes.readUInt8(2) & 0x3f) | 0x80).toString(16);
  const rest = bytes.toString("hex", 3, 10);
  return `${time.slice(0, 8)}-${time.slice(8)}-7${order}-${variant}${rest.slice(0, 2)}-${rest.slice(2)}`;
}

/** When a UUIDv7 was made, in milliseconds since 1970; undefined for an id of another kind. */
export function timeOf(id: string): number | undefined {
  return /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-/.test(id)
    ? Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16)
    : undefined;
}
