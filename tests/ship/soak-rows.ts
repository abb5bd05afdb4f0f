/**
 * The tables of the mesh: which only ever grow because they are the business itself, and which must
 * be empty once their rows have had their time. Time is made to pass for rows: the mesh's own
 * pruning then deletes them.
 */
import pg from "pg";
import type { Mesh } from "../../infra/dev/mesh.ts";
import { type ServiceName, services } from "../../infra/dev/services.ts";

/** Longer than anything of these is kept: pruning.ts of the kit says 30 days at most. */
const AGES = "interval '31 days'";
/** Rows that somebody may be at work on keep their age. */
const YOUNG = "interval '20 seconds'";

/** Rows that pass, and the column by which their time is up. */
const PASSING: Readonly<Record<string, string>> = {
  outbox: "published_at",
  inbox: "seen_at",
  idempotency_keys: "created_at",
  login_failures: "expire_time",
  revocations: "expire_time",
  mail_requests: "create_time",
  mail_tokens: "expire_time",
};

/** Rows that are gone as soon as they are done; no time has to pass. */
const WORK = ["sagas", "redrives", "dead_letters", "graphile_worker._private_jobs"];

/** Orders, people, money, goods and what is told of them; and settings. */
const KEPT = [
  ...["users", "signing_keys", "refresh_tokens", "addresses", "api_keys"],
  ...["products", "popularity", "stock", "reservations", "stock_movements", "stock_sweep"],
  ...["orders", "order_history", "merchant_orders", "carts"],
  ...["payments", "refunds", "ledger_transactions", "renewals", "customers", "payment_methods"],
  ...["disputes", "merchant_accounts", "merchant_balances", "payouts", "reconcile_turn"],
  // Pruned too, but once an hour: no soak of minutes can see it.
  ...["webhook_inbox", "webhook_deliveries", "webhook_secrets"],
  "webhook_endpoints",
  ...["notifications", "contacts", "preferences", "schedules"],
  ...["push_subscriptions", "push_key"],
  ...["windows", "window_buyers", "rollups", "rollup_buyers", "product_sales", "progress"],
  ...["order_parts", "funnels", "buyers", "cohorts", "audit"],
];

/** One that asks for many sessions and leaves them. */
const RESTLESS = "user-123";

export interface RowsOf {
  /** Seconds pass, or a month: everything that passes and is not young is older than it may be. */
  age(): Promise<void>;
  /** What is there of all that should pass: `order.outbox` and how many. */
  passing(): Promise<Record<string, number>>;
  /** How many were ever written, of the same. */
  written(): Promise<Record<string, number>>;
  /** Tables that nobody has said anything about. */
  unknown(): string[];
  close(): Promise<void>;
}

export async function rowsOf({ databaseUrls }: Mesh): Promise<RowsOf> {
  const clients = new Map<ServiceName, pg.Client>();
  for (const service of services) {
    const client = new pg.Client(databaseUrls[service]);
    await client.connect();
    clients.set(service, client);
  }
  const tables = new Map<ServiceName, readonly string[]>();
  for (const [service, client] of clients) {
    tables.set(service, await tablesOf(client));
  }

  async function each(
    wanted: (table: string) => string | undefined,
  ): Promise<Record<string, number>> {
    const found: Record<string, number> = {};
    for (const [service, client] of clients) {
      for (const table of tables.get(service) ?? []) {
        const sql = wanted(table);
        if (sql !== undefined) {
          const { rows } = await client.query<{ n: string }>(sql);
          found[`${service}.${table}`] = Number(rows[0]?.n);
        }
      }
    }
    return found;
  }

  return {
    async age() {
      for (const [service, client] of clients) {
        for (const table of tables.get(service) ?? []) {
          const column = PASSING[table];
          if (column !== undefined) {
            const young = `${column} < now() - ${YOUNG}`;
            await client.query(
              `update ${table} set ${column} = ${column} - ${AGES} where ${young}`,
            );
          }
        }
      }
      await clients.get("user")?.query(
        `update sessions set expire_time = expire_time - ${AGES}
          where user_id = '${RESTLESS}' and create_time < now() - ${YOUNG}`,
      );
    },

    passing: () =>
      each((table) => {
        if (table === "sessions") {
          return `select count(*) as n from sessions where user_id = '${RESTLESS}'`;
        }
        const isPassing = PASSING[table] !== undefined || WORK.includes(table);
        return isPassing ? `select count(*) as n from ${table}` : undefined;
      }),

    written: () =>
      each((table) =>
        PASSING[table] === undefined
          ? undefined
          : `select n_tup_ins as n from pg_stat_user_tables where relname = '${table}'`,
      ),

    unknown() {
      const known = [...Object.keys(PASSING), ...WORK, ...KEPT, "sessions"];
      return [...tables].flatMap(([service, names]) =>
        names.filter((name) => !known.includes(name)).map((name) => `${service}.${name}`),
      );
    },

    async close() {
      await Promise.all([...clients.values()].map((client) => client.end()));
    },
  };
}

/** Without the libraries' notes of how far their migrations are. */
async function tablesOf(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `select case schemaname when 'public' then relname else schemaname || '.' || relname end as name
       from pg_stat_user_tables
      where relname !~ 'migrations$' and relname !~ '^_private_(known_crontabs|job_queues|tasks)$'
      order by 1`,
  );
  return rows.map(({ name }) => name);
}
