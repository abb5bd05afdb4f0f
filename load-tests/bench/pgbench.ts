import { spawn, spawnSync } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import pg from "pg";
import { migrate } from "#kit/migrate.ts";
import { orderScript, type Sample } from "./same-sql.ts";

const PRODUCTS = 200;

export interface SqlFigures {
  readonly clients: number;
  readonly perSecond: number;
  readonly meanMs: number;
}

export function hasPgbench(): boolean {
  return spawnSync("pgbench", ["--version"]).status === 0;
}

export interface Pgbench {
  run(clients: number, seconds: number): Promise<SqlFigures>;
}

/** A database beside the mesh's, on the same server, with the tables of order, product and payment. */
export async function openPgbench(adminUrl: string, dir: string, sample: Sample): Promise<Pgbench> {
  const url = new URL(adminUrl);
  url.pathname = "/bench_same_sql";
  await query(adminUrl, "create database bench_same_sql");
  for (const service of ["order", "product", "payment"]) {
    await migrate(url.href, service);
  }
  await query(url.href, fill);
  const script = join(dir, "order.sql");
  await writeFile(script, orderScript(sample, PRODUCTS));
  let runs = 0;
  return {
    async run(clients, seconds) {
      const args = ["-n", "-f", script, "-T", `${seconds}`, "-c", `${clients}`, "-j", "2"];
      const variables = ["-D", "n=0", "-D", `run=${++runs}`];
      const out = await output("pgbench", [...args, ...variables, url.href], {
        // As the services' own connections are.
        PGOPTIONS: "-c plan_cache_mode=force_generic_plan -c random_page_cost=1.1",
      });
      return {
        clients,
        perSecond: Math.round(Number(/^tps = ([\d.]+)/m.exec(out)?.[1])),
        meanMs: Number(/^latency average = ([\d.]+)/m.exec(out)?.[1]),
      };
    },
  };
}

export const fill = `
  insert into products (id, merchant_id, sku, name, description, price_amount, currency, categories,
                        attributes, created_at, updated_at)
  select 'prod-' || n, 'm', 'sku-' || n, 'Product name here', '', 1999, 'USD', '{}', '{}', now(), now()
    from generate_series(1, ${PRODUCTS}) n;
  insert into stock (product_id, available) select id, 1000000000 from products`;

async function query(url: string, sql: string): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

function output(
  file: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, ...environment },
    });
    let out = "";
    let errors = "";
    child.stdout.on("data", (chunk) => {
      out += chunk;
    });
    child.stderr.on("data", (chunk) => {
      errors += chunk;
    });
    child.on("error", reject);
    child.on("close", (code) =>
      code === 0 ? resolve(out) : reject(new Error(errors.slice(-2_000))),
    );
  });
}
