// Private keys at rest: AES-256-GCM under a key of the configuration.
import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";

const cipher = "aes-256-gcm";
const ivBytes = 12;
const tagBytes = 16;

/** `name` is bound to the secret, so that one row's cannot be put into another. */
export function seal(key: Buffer, name: string, secret: string): string {
  const iv = randomBytes(ivBytes);
  const sealing = createCipheriv(cipher, key, iv).setAAD(Buffer.from(name));
  const text = Buffer.concat([sealing.update(secret, "utf8"), sealing.final()]);
  return Buffer.concat([iv, sealing.getAuthTag(), text]).toString("base64url");
}

/** Throws if the key is another one, or if anything was changed. */
export function unseal(key: Buffer, name: string, sealed: string): string {
  const bytes = Buffer.from(sealed, "base64url");
  const opening = createDecipheriv(cipher, key, bytes.subarray(0, ivBytes), {
    authTagLength: tagBytes,
  })
    .setAAD(Buffer.from(name))
    .setAuthTag(bytes.subarray(ivBytes, ivBytes + tagBytes));
  const text = opening.update(bytes.subarray(ivBytes + tagBytes));
  return Buffer.concat([text, opening.final()]).toString("utf8");
}
