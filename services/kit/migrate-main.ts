// Brings one service's database up to date and ends: what a cluster runs before a new release. It
// is told less than the service, which does the same when it starts.
import { existsSync } from "node:fs";
import { z } from "zod";
import { BadConfiguration, readConfig, serviceShape } from "./config.ts";
import { createLog } from "./log.ts";
import { migrationsOf } from "./migrate.ts";
import { migrateWhenThere } from "./patience.ts";

const shape = {
  SERVICE: z
    .string()
    .regex(/^[a-z]+$/, "must be a service's name")
    .refine((name) => existsSync(migrationsOf(name)), "must be a service with migrations"),
  DATABASE_URL: serviceShape.DATABASE_URL,
  LOG_LEVEL: serviceShape.LOG_LEVEL,
};

const log = createLog({ service: process.env.SERVICE || "migrate", level: "info" });
try {
  const { SERVICE: name, DATABASE_URL: url } = readConfig(shape);
  const stopping = new AbortController();
  process.once("SIGTERM", () => stopping.abort());
  await migrateWhenThere({ url, name, log, signal: stopping.signal });
  log.info("the database is up to date");
} catch (error) {
  const isOurs = error instanceof BadConfiguration;
  log.fatal(isOurs ? { problems: error.problems } : { err: error }, "not migrated");
  process.exitCode = isOurs ? 2 : 1;
}
