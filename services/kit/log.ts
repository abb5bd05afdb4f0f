// JSON lines on stdout. Bodies are never logged, so fields with `debug_redact` cannot get here;
// what is redacted below is the second line of defence.
import { createRequire } from "node:module";
import { pino } from "pino";

export type Log = pino.Logger;

export interface LogOptions {
  readonly service: string;
  readonly level: string;
  /** Coloured lines, where a person looks on. */
  readonly pretty?: boolean;
}

const secrets = [
  "authorization",
  "cookie",
  "password",
  "token",
  "accessToken",
  "refreshToken",
  "secret",
  "clientSecret",
  "apiKey",
];

export function createLog({ service, level, pretty = false }: LogOptions): Log {
  const options: pino.LoggerOptions = {
    level,
    base: { service },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    redact: { paths: secrets.flatMap((name) => [name, `*.${name}`]), censor: "[redacted]" },
  };
  return pretty && process.stdout.isTTY ? pino(options, prettyStream()) : pino(options);
}

/** pino-pretty is a development dependency, so it is loaded only when asked for. */
function prettyStream(): pino.DestinationStream {
  try {
    return createRequire(import.meta.url)("pino-pretty")({
      ignore: "pid,hostname,service",
      messageFormat: "{service}: {msg}",
      sync: true,
    });
  } catch {
    return process.stdout;
  }
}

export const silent: Log = pino({ level: "silent" });
