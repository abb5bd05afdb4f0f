// Random words that prove something to whoever holds them: refresh tokens, mailed tokens.
import { createHash, randomBytes } from "node:crypto";

export interface Secret {
  readonly token: string;
  /** What is kept of it. */
  readonly hash: Buffer;
}

export function newSecret(): Secret {
  const token = randomBytes(32).toString("base64url");
  return { token, hash: hashOf(token) };
}

/** The token has 256 random bits, so a plain hash cannot be searched. */
export function hashOf(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}
