/**
 * `tradepost analytics rebuild` of a made-up shop's half day, from real Kafka into real PostgreSQL
 * that have nothing else to do. The first round counts into an empty database; each later one must
 * find every window the same. `--write` puts the table into docs/measure.md.
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import pg from "pg";
import { openProducer } from "#kit/kafka.ts";
import { silent } from "#kit/log.ts";
import { ensureTopics } from "#kit/make-topics.ts";
import { migrate } from "#kit/migrate.ts";
import type { OutgoingRecord } from "#kit/records.ts";
import { startKafka } from "../../infra/dev/kafka.ts";
import { createDatabase, startPostgres } from "../../infra/dev/postgres.ts";
import { cpuMs } from "./cpu.ts";
import type { Asked, Run } from "./rebuild-process.ts";
import { type Cost, print, writeRebuilds } from "./rebuild-report.ts";
import { type History, historyOf } from "./shop-history.ts";

const AT_ONCE = 2_000;
const COUNTED = `
  select currency, sum(orders) as orders, sum(revenue) as revenue, sum(refunded) as refunded
    from windows where merchant_id = '' group by currency order by currency`;

const { values: flags } = parseArgs({
  options: {
    rounds: { type: "string", default: "3" },
    orders: { type: "string", default: "72000" },
    json: { type: "boolean", default: false },
    write: { type: "boolean", default: false },
  },
});
const history = historyOf(Number(flags.orders));
const dir = await mkdtemp(join(tmpdir(), "tradepost-rebuild-"));
const [postgres, kafka] = await Promise.all([
  startPostgres({ dir: join(dir, "postgres") }),
  startKafka({ dir: join(dir, "kafka") }),
]);
const costs: Cost[] = [];
try {
  const databaseUrl = await createDatabase(postgres.url, "tradepost_analytics");
  await migrate(databaseUrl, "analytics");
  await fill(kafka.brokers);
  for (let round = 1; round <= Number(flags.rounds); round++) {
    costs.push(await measure({ databaseUrl, brokers: kafka.brokers }));
    await check(databaseUrl, costs);
  }
} finally {
  await Promise.all([postgres.stop(), kafka.stop()]);
  await rm(dir, { recursive: true, force: true });
}
print(costs, flags.json);
if (flags.write) {
  await writeRebuilds(costs);
}

/** As the relays send them. */
async function fill(brokers: string): Promise<void> {
  const options = { brokers, clientId: "bench", log: silent };
  await ensureTopics(options, { only: ["orders", "payments"] });
  const producer = await openProducer(options);
  let some: OutgoingRecord[] = [];
  for (const record of history.records()) {
    some.push(record);
    if (some.length === AT_ONCE) {
      await producer.send(some);
      some = [];
    }
  }
  await producer.send(some);
  await producer.close();
}

async function measure(asked: Asked): Promise<Cost> {
  const program = fileURLToPath(import.meta.url).replace(/(\.[jt]s)$/, "-process$1");
  const child = fork(program, { execArgv: process.execArgv });
  const before = cpuMs(process.pid);
  const ended = once(child, "exit");
  child.send(asked);
  const [run] = (await Promise.race([once(child, "message"), ended])) as [Run | number];
  if (typeof run !== "object" || run === null) {
    throw new Error(`the rebuild has ended with ${run}`);
  }
  const after = cpuMs(process.pid);
  await ended;
  const used = (name: string) => (after.get(name) ?? 0) - (before.get(name) ?? 0);
  return { ...run, events: history.events, postgresMs: used("postgres"), kafkaMs: used("kafka") };
}

/** What was counted is what happened, and the same in each round. */
async function check(url: string, [first, ...later]: readonly Cost[]): Promise<void> {
  const client = new pg.Client(url);
  try {
    await client.connect();
    const { rows } = await client.query({ text: COUNTED, rowMode: "array" });
    const found = rows.map((row) => row.join(" ")).join(", ");
    if (found !== wanted(history)) {
      throw new Error(`counted ${found} instead of ${wanted(history)}`);
    }
  } finally {
    await client.end();
  }
  const last = later.at(-1)?.windows;
  if (last && (last.changed > 0 || last.added > 0 || last.same !== first?.windows.added)) {
    throw new Error(`the windows are not the same: ${JSON.stringify(last)}`);
  }
}

function wanted({ expected }: History): string {
  return [...expected]
    .map(([currency, { orders, revenue, refunded }]) => [currency, orders, revenue, refunded])
    .map((row) => row.join(" "))
    .sort()
    .join(", ");
}
