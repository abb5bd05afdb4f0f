import { randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { readJson } from "./json-file.ts";

/** What payment and the Stripe sandbox both know. */
export interface StripeSecrets {
  readonly secretKey: string;
  readonly webhookSecret: string;
}

/** Made once for each data folder. */
export async function ensureStripeSecrets(dir: string): Promise<StripeSecrets> {
  const file = join(dir, "stripe.json");
  const known = await readJson<StripeSecrets>(file);
  if (known) {
    return known;
  }
  const made = {
    secretKey: `sk_test_${randomBytes(18).toString("hex")}`,
    webhookSecret: `whsec_${randomBytes(24).toString("hex")}`,
  };
  await writeFile(file, JSON.stringify(made), { mode: 0o600 });
  return made;
}
