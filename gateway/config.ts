import { z } from "zod";
import {
  addressOf,
  BadConfiguration,
  commonShape,
  type Environment,
  readConfig,
  serviceOf,
} from "#kit/config.ts";
import { createLog } from "#kit/log.ts";
import { serviceKey } from "#kit/peer.ts";
import { channelCredentials, tlsFiles } from "#kit/tls.ts";

/** What the gateway needs of its environment. */
export const gatewayShape = {
  ...commonShape,
  HTTP_PORT: z.coerce
    .number()
    .int()
    .min(0)
    .max(65_535)
    .default(8_080)
    .describe("For browsers and clients."),
  TRUST_PROXY: z.coerce
    .number()
    .int()
    .min(0)
    .max(10)
    .default(0)
    .describe("How many proxies of ours stand before it and write X-Forwarded-For."),
};

/** What the environment says. Bad configuration is logged, every variable, and exits 2. */
export function gatewayConfig(environment: Environment = process.env) {
  try {
    return read(environment);
  } catch (error) {
    if (error instanceof BadConfiguration) {
      const log = createLog({ service: "gateway", level: "info" });
      log.fatal({ problems: error.problems }, "bad configuration");
      process.exit(2);
    }
    throw error;
  }
}

function read(environment: Environment) {
  const config = readConfig(gatewayShape, environment);
  const tls = tlsFiles(config);
  const isProduction = config.PROFILE === "production";
  return {
    host: config.HOST,
    port: config.HTTP_PORT,
    level: config.LOG_LEVEL,
    pretty: config.LOG_PRETTY,
    trustedProxies: config.TRUST_PROXY,
    shutdownDelayMs: config.SHUTDOWN_DELAY_MS ?? (isProduction ? 5_000 : 0),
    // Eight seconds for what runs, after the delay.
    hardStopMs: isProduction ? 20_000 : 9_500,
    addressOf: (packageName: string) => addressOf(config, serviceOf(packageName)),
    credentialsOf: (packageName: string) => channelCredentials(tls, serviceOf(packageName)),
    identity: tls ? {} : { [serviceKey]: "gateway" },
  };
}
