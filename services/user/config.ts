import { z } from "zod";

/** What this service needs of its environment besides what all do. */
export const userShape = {
  KEY_ENCRYPTION_KEY: z
    .base64("must be 32 bytes in base64")
    .transform((text) => Buffer.from(text, "base64"))
    .refine((key) => key.length === 32, "must be 32 bytes in base64")
    .optional()
    .describe("Seals the signing keys at rest; needed in production: openssl rand -base64 32."),
};
