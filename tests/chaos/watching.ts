/** Looks at what must hold at every moment while the run goes on. */
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import type { Mesh } from "../../infra/dev/mesh.ts";
import type { Counterexample } from "../../infra/verify/invariant.ts";
import { readProvider } from "../../infra/verify/provider.ts";
import type { History } from "./history.ts";

const STOCK_EACH_MS = 250;
const MONEY_EACH_MS = 2_000;

export interface Watching {
  readonly found: readonly (Counterexample & { readonly id: string; readonly at: number })[];
  readonly looks: { stock: number; money: number };
  stop(): Promise<void>;
}

/** `first` hears the first violation. */
export function watch(mesh: Mesh, history: History, first: () => void): Watching {
  const over = new AbortController();
  const found: (Counterexample & { id: string; at: number })[] = [];
  const looks = { stock: 0, money: 0 };
  const told = new Set<string>();

  function tell(id: string, one: Counterexample): void {
    const text = JSON.stringify(one);
    if (!told.has(text)) {
      told.add(text);
      found.push({ id, at: history.now(), ...one });
      first();
    }
  }

  async function stock(): Promise<void> {
    const client = new pg.Client({
      connectionString: mesh.databaseUrls.product,
      connectionTimeoutMillis: 2_000,
      query_timeout: 5_000,
    });
    client.on("error", () => {
      // The next statement says so.
    });
    try {
      await client.connect();
      while (!over.signal.aborted) {
        const { rows } = await client.query("select * from stock_mismatches");
        looks.stock += 1;
        for (const row of rows) {
          tell("I6", { what: "stock does not add up in a snapshot", ...row });
        }
        await pause(STOCK_EACH_MS);
      }
    } finally {
      void client.end().catch(() => {});
    }
  }

  async function money(): Promise<void> {
    const { orders } = await readProvider(mesh.stripe.url);
    looks.money += 1;
    for (const [orderId, { succeeded, captured, refunded }] of Object.entries(orders)) {
      if (succeeded.length > 1) {
        tell("I3", { what: "an order was charged twice", orderId, succeeded });
      }
      if (refunded > captured) {
        tell("I5", { what: "more was refunded than charged", orderId, captured, refunded });
      }
    }
    await pause(MONEY_EACH_MS);
  }

  const pause = (ms: number) => sleep(ms, undefined, { signal: over.signal }).catch(() => {});
  const keepOn = async (look: () => Promise<void>) => {
    while (!over.signal.aborted) {
      // The database or the provider is away just now: that is what the faults do.
      await look().catch(() => pause(STOCK_EACH_MS));
    }
  };
  const running = Promise.all([keepOn(stock), keepOn(money)]);
  return {
    found,
    looks,
    async stop() {
      over.abort();
      await running;
    },
  };
}
