// Finds reservations that nobody settled or released, and asks the order service what they are.
import type { Registry } from "prom-client";
import { Gauge } from "prom-client";
import type { OrderServiceDefinition } from "#gen/tradepost/order/v1/order.ts";
import { type ClientOf, within } from "#kit/client.ts";
import type { Db } from "#kit/db.ts";
import type { Log } from "#kit/log.ts";
import { rounds } from "#kit/rounds.ts";
import type { Worker } from "#kit/service.ts";
import { resolve } from "./resolving.ts";
import { settle, takeBack } from "./settle-store.ts";
import {
  endSweep,
  heldByAge,
  noteClean,
  type OldReservation,
  oldReservations,
  takeSweep,
} from "./sweep-store.ts";

export interface SweeperDeps {
  readonly db: Db;
  readonly orders: Pick<ClientOf<OrderServiceDefinition>, "batchGetOrderStates">;
  readonly log: Log;
  /** Younger than this, the order's own saga is at it. */
  readonly afterSeconds: number;
}

export interface Swept {
  readonly sold: number;
  readonly released: number;
  /** Left as they are: their checkouts are under way. */
  readonly left: number;
}

/** Milliseconds. */
const EVERY_MS = 30_000;
const LEASE_MS = 60_000;
const ASK_MS = 2_000;
/** BatchGetOrderStates takes no more. */
const BATCH = 100;

export function sweeper(deps: SweeperDeps): Worker {
  const failure = "old reservations wait for the order service";
  return rounds({ everyMs: EVERY_MS, log: deps.log, failure }, () => sweep(deps));
}

/**
 * One round over all that is old enough; undefined where another replica is at it. Throws when the
 * order service does not answer: what it was to be asked about stays as it is.
 */
export async function sweep(deps: SweeperDeps): Promise<Swept | undefined> {
  const { db, log, afterSeconds } = deps;
  if (!(await takeSweep(db, LEASE_MS))) {
    return undefined;
  }
  try {
    const sum = { sold: 0, released: 0, left: 0 };
    let after: OldReservation | undefined;
    do {
      const batch = await oldReservations(db, afterSeconds, after, BATCH);
      after = batch.length === BATCH ? batch.at(-1) : undefined;
      const { sold, released } = await resolveBatch(
        deps,
        batch.map(({ orderId }) => orderId),
      );
      sum.sold += sold;
      sum.released += released;
      sum.left += batch.length - sold - released;
    } while (after);
    await noteClean(db, afterSeconds);
    if (sum.sold + sum.released > 0) {
      log.info(sum, "old reservations resolved");
    }
    return sum;
  } finally {
    await endSweep(db);
  }
}

async function resolveBatch({ db, orders }: SweeperDeps, ids: readonly string[]) {
  if (ids.length === 0) {
    return { sold: 0, released: 0 };
  }
  const { orders: states } = await orders.batchGetOrderStates(
    { ids: [...ids] },
    within(undefined, ASK_MS),
  );
  const { sold, over, unknown } = resolve(ids, states);
  await settle(db, sold);
  await takeBack(db, over);
  // What was sold meanwhile belongs to an order that there is after all.
  await takeBack(db, unknown, ["held"]);
  return { sold: sold.length, released: over.length + unknown.length };
}

/** Upper ends, in seconds: what a checkout takes, what its caller waits, its retries, its person. */
const AGES = [1, 10, 60, 300, 900, 1e9];

/** How many reservations are held, counted when somebody scrapes. */
export function reservationMetrics(db: Db, metrics: Registry): void {
  new Gauge({
    name: "stock_reservations_held",
    help: "Reservations that are neither settled nor released, by age: no older than `le` seconds.",
    labelNames: ["le"],
    registers: [metrics],
    async collect() {
      // While the database is away the last figures stay.
      const counts = await heldByAge(db, AGES).catch(() => new Map<number, number>());
      for (const [end, count] of counts) {
        this.set({ le: end === 1e9 ? "+Inf" : String(end) }, count);
      }
    },
  });
}
