/** Tables of a benchmark's cells: minimum, median and maximum over the rounds. */
import { execFileSync } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { cpus, totalmem } from "node:os";
import type { Figures } from "./load.ts";
import type { SqlFigures } from "./pgbench.ts";

export interface Cells {
  readonly orders: (Figures & { readonly coreMs: Readonly<Record<string, number>> })[];
  readonly lists: Figures[];
  readonly sql: SqlFigures[];
}

const PAGE = "docs/measure.md";

export function print(cells: Cells, asJson: boolean): void {
  process.stdout.write(asJson ? `${JSON.stringify(cells)}\n` : `${tables(cells)}\n`);
}

export async function writeMeasures(cells: Cells): Promise<void> {
  await writeBetween("bench:orders", tables(cells));
}

/** Puts a benchmark's tables between its two marks of the page, and where they were measured. */
export async function writeBetween(name: string, tables: string): Promise<void> {
  const [begin, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const page = await readFile(PAGE, "utf8");
  const from = page.indexOf(begin);
  const to = page.indexOf(end);
  if (from < 0 || to < from) {
    throw new Error(`${PAGE} lacks ${begin} … ${end}`);
  }
  const text = `${begin}\n${machine()}\n\n${tables}\n${end}`;
  await writeFile(PAGE, page.slice(0, from) + text + page.slice(to + end.length));
}

function tables({ orders, lists, sql }: Cells): string {
  const rows = [...new Set(orders.map(({ clients }) => clients))].map((clients) => {
    const mine = orders.filter((one) => one.clients === clients);
    const list = lists.filter((one) => one.clients === clients);
    const base = sql.filter((one) => one.clients === clients);
    const ratio = mine.map((one, n) => one.perSecond / (base[n]?.perSecond ?? Number.NaN));
    return [
      `${clients}`,
      spread(mine.map((one) => one.perSecond)),
      spread(mine.map((one) => one.p50)),
      spread(mine.map((one) => one.p95)),
      spread(mine.map((one) => one.p99)),
      spread(mine.map((one) => total(one.coreMs))),
      `${mine.reduce((sum, one) => sum + one.errors, 0)}`,
      base.length > 0 ? spread(base.map((one) => one.perSecond)) : "no pgbench",
      base.length > 0 ? spread(ratio) : "–",
      spread(list.map((one) => one.perSecond)),
      spread(list.map((one) => one.p99)),
    ];
  });
  const heads = [
    "clients",
    "orders/s",
    "p50 ms",
    "p95 ms",
    "p99 ms",
    "core-ms an order",
    "errors",
    "same SQL by pgbench, orders/s",
    "ratio",
    "lists of 20/s",
    "list p99 ms",
  ];
  const most = orders.reduce((a, b) => (b.clients >= a.clients ? b : a));
  const parts = Object.entries(most.coreMs).filter(([, ms]) => ms >= 0.01);
  const where = parts.map(([name, ms]) => `${name} ${ms.toFixed(2)}`).join(", ");
  return [
    line(heads),
    line(heads.map(() => "---:")),
    ...rows.map(line),
    "",
    `Where the core-ms of the last round with ${most.clients} clients went: ${where}.`,
  ].join("\n");
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}

export function spread(values: readonly number[]): string {
  const sorted = [...values].sort((a, b) => a - b);
  const shown = [sorted[0], sorted[Math.floor(sorted.length / 2)], sorted.at(-1)];
  return shown.map((value) => format(value ?? Number.NaN)).join(" / ");
}

function format(value: number): string {
  return value >= 100 ? value.toFixed(0) : value.toFixed(value >= 10 ? 1 : 2);
}

function total(parts: Readonly<Record<string, number>>): number {
  return Object.values(parts).reduce((sum, ms) => sum + ms, 0);
}

function machine(): string {
  const commit = execFileSync("git", ["rev-parse", "--short", "HEAD"], { encoding: "utf8" }).trim();
  const [cpu] = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  const day = new Date().toISOString().slice(0, 10);
  return `${day}, ${cpus().length} × ${cpu?.model.trim()}, ${memory} GiB, Node ${process.versions.node}, commit ${commit}.`;
}
