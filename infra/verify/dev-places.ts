/** Where the mesh of `npm start` keeps what it knows; each place can be named by a variable. */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { planPorts } from "../dev/port-plan.ts";
import { isFree } from "../dev/ports.ts";
import { databaseUrl } from "../dev/postgres.ts";
import { root } from "../dev/root.ts";
import { type ServiceName, services } from "../dev/services.ts";
import type { Places } from "./evidence.ts";

/** One sentence for the person who asked. */
export class NoMesh extends Error {
  override readonly name = "NoMesh";
}

/** What the environment says of a service's database. */
export function databasesNamed(environment: NodeJS.ProcessEnv) {
  return (service: ServiceName) => environment[`${service.toUpperCase()}_DATABASE_URL`];
}

export async function devPlaces(environment: NodeJS.ProcessEnv): Promise<Places> {
  const ports = await planPorts("fixed", environment);
  const { KAFKA_BROKERS, STRIPE_SECRET_KEY, STRIPE_API_BASE } = environment;
  const named = databasesNamed(environment);
  const areNamed = services.every((service) => named(service));
  const admin = areNamed ? "" : await adminUrl(environment, ports.postgres);
  const urls = services.map((service) => [
    service,
    named(service) ?? databaseUrl(admin, `tradepost_${service}`),
  ]);
  const own = (await isFree(ports.kafka)) ? "" : `127.0.0.1:${ports.kafka}`;
  const sandbox = STRIPE_SECRET_KEY ? "" : `http://127.0.0.1:${ports.stripe}`;
  const ledgers = join(folderOf(environment), "sandbox");
  return {
    databaseUrls: Object.fromEntries(urls),
    brokers: KAFKA_BROKERS || own,
    provider: STRIPE_API_BASE || sandbox,
    ...(existsSync(ledgers) && { sandbox: ledgers }),
  };
}

function folderOf({ TRADEPOST_DIR }: NodeJS.ProcessEnv): string {
  return TRADEPOST_DIR || join(root, ".tradepost");
}

async function adminUrl(environment: NodeJS.ProcessEnv, port: number): Promise<string> {
  if (environment.DATABASE_URL) {
    return environment.DATABASE_URL;
  }
  const password = await readFile(
    join(folderOf(environment), "postgres", "password"),
    "utf8",
  ).catch(() => "");
  if (password === "" || (await isFree(port))) {
    throw new NoMesh(
      "no mesh runs here: start one with npm start, or set DATABASE_URL (the administrator's) " +
        "or USER_DATABASE_URL … ANALYTICS_DATABASE_URL",
    );
  }
  return `postgres://postgres:${password}@127.0.0.1:${port}/postgres`;
}
