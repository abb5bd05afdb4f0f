// The reconciler on its schedule, on one replica at a time, and what it last found as a metric.
import { Gauge, type Registry } from "prom-client";
import { type Db, named } from "#kit/db.ts";
import type { Log } from "#kit/log.ts";
import type { Worker } from "#kit/service.ts";
import { type ReconcileDeps, type Reconciled, reconcile } from "./reconcile.ts";

export interface ReconcilerDeps extends ReconcileDeps {
  readonly log: Log;
  readonly metrics: Registry;
}

export interface Reconciler {
  run(since: Date): Promise<Reconciled>;
  /** Runs it when it was last run longer ago than `everyMs`, unless another replica does. */
  runIfDue(everyMs: number): Promise<Reconciled | undefined>;
  /** Asks each tenth of `everyMs`, a minute at most, whether it is due. */
  worker(everyMs: number): Worker;
}

/** A run looks back so long at least, and over the run before. */
const BACK_MS = 24 * 3_600_000;
const MOST_BETWEEN_MS = 60_000;

export function createReconciler(deps: ReconcilerDeps): Reconciler {
  const { db, log, metrics } = deps;
  const remaining = new Gauge({
    name: "tradepost_reconcile_findings",
    help: "Differences between provider, books and orders that the last run left, by kind.",
    labelNames: ["kind"],
    registers: [metrics],
  });

  async function run(since: Date): Promise<Reconciled> {
    const reconciled = await reconcile(deps, since);
    remaining.reset();
    for (const finding of reconciled.findings) {
      if (!finding.repaired) {
        remaining.inc({ kind: finding.kind });
      }
      log.warn({ finding }, finding.repaired ? "a difference was repaired" : "a difference");
    }
    return reconciled;
  }

  async function runIfDue(everyMs: number): Promise<Reconciled | undefined> {
    return alone(db, async () => {
      const { rowCount } = await db.query(takeTurn([everyMs]));
      return rowCount === 1
        ? run(new Date(Date.now() - Math.max(BACK_MS, 2 * everyMs)))
        : undefined;
    });
  }

  return { run, runIfDue, worker: (everyMs) => worker(deps.log, everyMs, runIfDue) };
}

function worker(
  log: Log,
  everyMs: number,
  runIfDue: (everyMs: number) => Promise<unknown>,
): Worker {
  let timer: NodeJS.Timeout | undefined;
  return {
    start() {
      const turn = () => {
        runIfDue(everyMs).catch((error) =>
          log.warn({ err: error }, "the reconciler could not look"),
        );
      };
      timer = setInterval(turn, Math.min(everyMs / 10, MOST_BETWEEN_MS)).unref();
    },
    stop() {
      // A run that is cut off has changed nothing by halves; the next one begins afresh.
      clearInterval(timer);
    },
  };
}

const LOCK = "select pg_try_advisory_lock(hashtext('payment.reconcile')) as got";
const UNLOCK = "select pg_advisory_unlock(hashtext('payment.reconcile'))";

/** Nothing, if another process is at it. The lock is its connection's, and goes with it. */
async function alone<T>(db: Db, work: () => Promise<T>): Promise<T | undefined> {
  const client = await db.connect();
  let broken: Error | undefined;
  try {
    const { rows } = await client.query<{ got: boolean }>(LOCK);
    if (rows[0]?.got !== true) {
      return undefined;
    }
    try {
      return await work();
    } finally {
      await client.query(UNLOCK).catch((error: Error) => {
        broken = error;
      });
    }
  } finally {
    client.release(broken);
  }
}

const takeTurn = named(
  "payment.reconcile-turn",
  `insert into reconcile_turn as turn (one, began_at) values (true, now())
       on conflict (one) do update set began_at = now()
    where turn.began_at < now() - $1 * interval '1 millisecond'`,
);
