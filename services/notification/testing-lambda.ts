/** For tests only: the function over real PostgreSQL, and events as Lambda hands them over. */
import { readFile } from "node:fs/promises";
import { testDatabase } from "#kit/testing.ts";
import { testProxy } from "#kit/testing-proxy.ts";
import { prepareJobs } from "./jobs.ts";
import { lambdaHandler } from "./lambda-handler.ts";
import { supportMail } from "./testing.ts";

/** Of an invocation that has just begun. */
export const aMinute = { getRemainingTimeInMillis: () => 60_000 };

/** A file of lambda-events/, which have the shapes that AWS documents and made-up names. */
export async function recorded(name: string): Promise<unknown> {
  return JSON.parse(
    await readFile(new URL(`./lambda-events/${name}.json`, import.meta.url), "utf8"),
  );
}

/** Records of orders' partition 0 as Lambda has them, from offset 0. */
export function delivered(...told: readonly { readonly key: string; readonly value: string }[]) {
  const records = told.map(({ key, value }, offset) => ({
    topic: "orders",
    partition: 0,
    offset,
    timestamp: 1_793_611_800_000,
    timestampType: "CREATE_TIME",
    key: Buffer.from(key).toString("base64"),
    value: Buffer.from(value).toString("base64"),
    headers: [],
  }));
  return { eventSource: "aws:kafka", records: { "orders-0": records } };
}

export async function lambdaHouse() {
  const { db, url, drop } = await testDatabase("notification");
  await prepareJobs(url);
  const line = new URL(url);
  const proxy = await testProxy({ to: Number(line.port) });
  line.port = String(proxy.port);
  line.hostname = "127.0.0.1";
  const environment = { DATABASE_URL: line.href, LOG_LEVEL: "silent", SUPPORT_MAIL: supportMail };
  const { handler, stop } = lambdaHandler(environment);
  return {
    db,
    url,
    /** Between the function and the database. */
    proxy,
    handler,
    /** `ann: ORDER_SHIPPED order-1`, in the order in which they were told. */
    async told(): Promise<readonly string[]> {
      const { rows } = await db.query<{ line: string }>(
        "select user_id || ': ' || kind || coalesce(' ' || order_id, '') as line from notifications order by id",
      );
      return rows.map((row) => row.line);
    },
    async mails(): Promise<number> {
      const { rows } = await db.query<{ count: number }>(
        "select count(*)::int as count from graphile_worker.jobs where task_identifier = 'mail'",
      );
      return rows[0]?.count ?? 0;
    },
    async deadLetters() {
      const { rows } = await db.query(
        "select topic, key, attempts, parked from dead_letters order by id",
      );
      return rows;
    },
    async stop() {
      await stop();
      await proxy.stop().catch(() => {});
      await drop();
    },
  };
}

export type LambdaHouse = Awaited<ReturnType<typeof lambdaHouse>>;
