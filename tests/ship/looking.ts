/** Looks into a mesh from behind: its databases, and Stripe's ledger. */
import type { Mesh } from "../../infra/dev/mesh.ts";
import type { ServiceName } from "../../infra/dev/services.ts";
import { ask } from "../../infra/verify/evidence.ts";

/** How many intents at Stripe took each order's money. */
export async function intentsOf({ stripe }: Mesh, orderIds: readonly string[]): Promise<number[]> {
  return Promise.all(
    orderIds.map(async (id) => {
      const ledger = await (await fetch(`${stripe.url}/_ledger?order_id=${id}`)).json();
      return (ledger as { orders: Record<string, { succeeded: string[] }> }).orders[id]?.succeeded
        .length as number;
    }),
  );
}

/** Of a statement that answers a column `id`. */
export async function idsOf(mesh: Mesh, service: ServiceName, sql: string): Promise<string[]> {
  const [rows = []] = await ask(mesh.databaseUrls[service], [sql]);
  return (rows as { id: string }[]).map(({ id }) => id);
}

/** Of a statement that answers a column `n`. */
export async function countOf(mesh: Mesh, service: ServiceName, sql: string): Promise<number> {
  const [[row] = []] = await ask(mesh.databaseUrls[service], [sql]);
  return (row as { n: number }).n;
}

/** Among the titles of the tests. */
export function print(words: string): void {
  process.stdout.write(`    ${words}\n`);
}

export function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
