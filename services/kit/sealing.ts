// Secrets at rest that must be read back: AES-256-GCM under a key of the configuration.
import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { z } from "zod";
import { BadConfiguration, type ConfigOf, type ServiceConfig } from "./config.ts";

const cipher = "aes-256-gcm";
const ivBytes = 12;
const tagBytes = 16;

/** What a service has besides that keeps such secrets. */
export const sealingShape = {
  KEY_ENCRYPTION_KEY: z
    .base64("must be 32 bytes in base64")
    .transform((text) => Buffer.from(text, "base64"))
    .refine((key) => key.length === 32, "must be 32 bytes in base64")
    .optional()
    .describe("Seals secrets at rest; needed in production: openssl rand -base64 32."),
};

/** undefined, which only production does not take: secrets stay readable in the database. */
export function sealingKey(
  config: ConfigOf<typeof sealingShape> & Pick<ServiceConfig, "PROFILE">,
): Buffer | undefined {
  if (config.PROFILE === "production" && !config.KEY_ENCRYPTION_KEY) {
    throw new BadConfiguration(["KEY_ENCRYPTION_KEY: is missing"]);
  }
  return config.KEY_ENCRYPTION_KEY;
}

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
