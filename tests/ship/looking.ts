/** Looks into a mesh from behind: its databases, and Stripe's ledger. */
import type { Mesh } from "../../infra/dev/mesh.ts";
import type { ServiceName } from "../../infra/dev/services.ts";
import { readProvider } from "../../infra/verify/provider.ts";
import { rowsOf } from "../e2e/rows.ts";

/** How many intents at Stripe took each order's money. */
export async function intentsOf({ stripe }: Mesh, orderIds: readonly string[]): Promise<number[]> {
  const { orders } = await readProvider(stripe.url);
  return orderIds.map((id) => orders[id]?.succeeded.length ?? 0);
}

/** Of a statement that answers a column `id`. */
export async function idsOf(mesh: Mesh, service: ServiceName, sql: string): Promise<string[]> {
  return (await rowsOf<{ id: string }>(mesh, service, sql)).map(({ id }) => id);
}

/** Of a statement that answers a column `n`. */
export async function countOf(mesh: Mesh, service: ServiceName, sql: string): Promise<number> {
  const [row] = await rowsOf<{ n: number }>(mesh, service, sql);
  return row?.n as number;
}

/** Among the titles of the tests. */
export function print(words: string): void {
  process.stdout.write(`    ${words}\n`);
}

export function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
