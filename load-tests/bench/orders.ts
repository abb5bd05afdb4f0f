/**
 * Paid orders through REST, everything stored and published, on a mesh of its
 * own; in alternate rounds the same SQL by pgbench on the same PostgreSQL, and
 * a list of 20 products. `--write` puts the tables into docs/measure.md.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { startMesh } from "../../infra/dev/mesh.ts";
import { startPostgres } from "../../infra/dev/postgres.ts";
import { printedOrder, rest } from "../../tests/e2e/rest.ts";
import { cpuMs } from "./cpu.ts";
import { readFlags } from "./flags.ts";
import type { Figures } from "./load.ts";
import { startLoader } from "./loader.ts";
import { hasPgbench, openPgbench, type Pgbench, type SqlFigures } from "./pgbench.ts";
import { type Cells, print, writeMeasures } from "./report.ts";
import type { Sample } from "./same-sql.ts";

const flags = readFlags();
const { seconds } = flags;
const say = (line: string) => process.stderr.isTTY && process.stderr.write(`${line}\n`);

const dir = await mkdtemp(join(tmpdir(), "tradepost-bench-"));
const postgres = await startPostgres({ dir: join(dir, "postgres") });
const env = { DATABASE_URL: postgres.url, LOG_LEVEL: "warn" };
const mesh = await startMesh({ dir: join(dir, "mesh"), ports: "free", env, say });
await mesh.ready("kafka");
const loader = startLoader();
const cells: Cells = { orders: [], lists: [], sql: [] };
try {
  const api = rest(mesh.gatewayUrl);
  const login = { email: "demo@tradepost.dev", password: "tradepost-demo-1" };
  const { body: signedIn } = await api.post("/api/v1/auth/login", login);
  const headers = {
    authorization: `Bearer ${signedIn.accessToken}`,
    "content-type": "application/json",
  };
  say("warming up");
  await orders(32, flags.warm, headers);
  const pgbench = hasPgbench() ? await openPgbench(postgres.url, dir, await sample()) : undefined;
  await pgbench?.run(8, 2);
  for (let round = 1; round <= flags.rounds; round++) {
    for (const clients of flags.clients) {
      say(`round ${round}: ${clients} clients`);
      await measure(clients, headers, pgbench);
    }
  }
} finally {
  loader.stop();
  await mesh.stop();
  await postgres.stop();
  await rm(dir, { recursive: true, force: true });
}
print(cells, flags.json);
if (flags.write) {
  await writeMeasures(cells);
}

async function measure(
  clients: number,
  headers: Record<string, string>,
  pgbench: Pgbench | undefined,
): Promise<void> {
  const before = cpuMs(process.pid, [loader.pid]);
  const figures = await orders(clients, seconds, headers);
  await drained();
  const after = cpuMs(process.pid, [loader.pid]);
  cells.orders.push({ ...figures, coreMs: coreMs(before, after, figures.answers) });
  const list = { method: "GET", path: "/api/v1/products", clients, wanted: 200 } as const;
  cells.lists.push(await load({ ...list, headers: {} }, Math.min(seconds, 4)));
  const sql: SqlFigures | undefined = await pgbench?.run(clients, Math.min(seconds, 5));
  if (sql) {
    cells.sql.push(sql);
  }
}

/** The warm-up is a round of its own, so that each answer counted is paid for by CPU counted. */
function orders(clients: number, forSeconds: number, headers: Record<string, string>) {
  const order = { method: "POST", path: "/api/v1/orders", clients, wanted: 201 } as const;
  return load({ ...order, headers }, forSeconds, JSON.stringify(printedOrder));
}

function load(
  what: Pick<
    Parameters<typeof loader.run>[0],
    "method" | "path" | "clients" | "wanted" | "headers"
  >,
  forSeconds: number,
  body?: string,
): Promise<Figures> {
  return loader.run({ ...what, url: mesh.gatewayUrl, warmMs: 0, runMs: forSeconds * 1_000 }, body);
}

function coreMs(
  before: ReadonlyMap<string, number>,
  after: ReadonlyMap<string, number>,
  answers: number,
): Record<string, number> {
  const each = [...after].map(
    ([name, ms]) => [name, (ms - (before.get(name) ?? 0)) / answers] as const,
  );
  return Object.fromEntries(each.sort(([, a], [, b]) => b - a));
}

/** Until every event is published and every saga has ended: it belongs to what was measured. */
async function drained(): Promise<void> {
  const open = `select 1 from outbox where published_at is null union all select 1 from sagas limit 1`;
  for (const service of ["order", "payment"] as const) {
    while ((await query(service, open)).length > 0) {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

async function query(service: "order" | "payment", sql: string) {
  const client = new pg.Client(mesh.databaseUrls[service]);
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

async function sample(): Promise<Sample> {
  const [order] = await query(
    "order",
    `select items::text, shipping_address::text as address,
            (select payload from outbox where key = orders.id and type like '%Placed') as placed,
            (select payload from outbox where key = orders.id and type like '%Confirmed') as confirmed
       from orders where status = 'CONFIRMED' limit 1`,
  );
  const [payment] = await query(
    "payment",
    `select shares::text, (select payload from outbox where key = payments.id limit 1) as succeeded
       from payments where status = 'succeeded' limit 1`,
  );
  return { ...order, ...payment };
}
