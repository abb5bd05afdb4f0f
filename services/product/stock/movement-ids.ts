import { uuidv7 } from "#kit/uuid.ts";

/**
 * How many movements a statement writes is known only to itself, so it counts up from a UUIDv7:
 * its first 24 characters, and its last 48 bits with room above them.
 */
export function movementIds(): [string, string] {
  const id = uuidv7();
  return [id.slice(0, 24), String(Number.parseInt(id.slice(25), 16))];
}
