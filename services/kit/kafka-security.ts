/** How a broker is spoken to that is not in the mesh's own network: over TLS, as somebody. */
import { readFileSync } from "node:fs";
import { z } from "zod";
import type { ConfigOf, Environment } from "./config.ts";

export interface KafkaSecurity {
  /** PEM; absent: the roots that Node comes with. */
  readonly ca: string | undefined;
  /** Absent: who has a network's way to the broker may speak to it. */
  readonly sasl:
    | { readonly mechanism: Mechanism; readonly username: string; readonly password: string }
    | undefined;
}

const mechanisms = ["scram-sha-512", "scram-sha-256", "plain"] as const;
type Mechanism = (typeof mechanisms)[number];

export const kafkaSecurityShape = {
  KAFKA_TLS: z.enum(["on", "off"]).default("off").describe("on: brokers are spoken to over TLS."),
  KAFKA_CA: z
    .string()
    .optional()
    .describe("PEM file of who signs the brokers' certificates; absent: those that all trust."),
  KAFKA_USERNAME: z.string().optional().describe("Of SASL; absent: none. Needs TLS."),
  KAFKA_PASSWORD: z.string().optional().describe("Of SASL."),
  KAFKA_SASL: z
    .enum(mechanisms)
    .default("scram-sha-512")
    .describe("How the password is shown: plain for Google's managed Kafka."),
};

/** Undefined: in plain text, as among pods that a policy keeps to themselves. */
export function kafkaSecurity(
  config: ConfigOf<typeof kafkaSecurityShape>,
): KafkaSecurity | undefined {
  const { KAFKA_USERNAME: username, KAFKA_PASSWORD: password, KAFKA_CA: file } = config;
  if (config.KAFKA_TLS === "off") {
    return undefined;
  }
  return {
    ca: file === undefined ? undefined : readFileSync(file, "utf8"),
    sasl:
      username === undefined || password === undefined
        ? undefined
        : { mechanism: config.KAFKA_SASL, username, password },
  };
}

/** What no variable says by itself. */
export function kafkaProblems(given: Environment): string[] {
  const { KAFKA_TLS, KAFKA_USERNAME, KAFKA_PASSWORD, KAFKA_CA } = given;
  const problems: string[] = [];
  if (!KAFKA_USERNAME !== !KAFKA_PASSWORD) {
    const missing = KAFKA_USERNAME ? "KAFKA_PASSWORD" : "KAFKA_USERNAME";
    problems.push(`${missing}: is missing, and the other of the two is set`);
  }
  if (KAFKA_TLS !== "on" && (KAFKA_USERNAME || KAFKA_PASSWORD || KAFKA_CA)) {
    problems.push("KAFKA_TLS: must be on, where a password or an authority is set");
  }
  return problems;
}
