import { Gauge, type Registry } from "prom-client";
import { type Db, named } from "./db.ts";

/** More are not counted; an alert has fired long before. */
const MAX_COUNTED = 100_000;

/** Asked of the database when somebody scrapes. */
export function outboxMetrics(db: Db, metrics: Registry): void {
  let asking: Promise<Waiting | undefined> | undefined;
  /** Both gauges are collected at once; one statement serves both. */
  const ask = () => {
    asking ??= askWaiting(db).finally(() => {
      asking = undefined;
    });
    return asking;
  };
  new Gauge({
    name: "outbox_unpublished",
    help: `Events that Kafka does not have yet; no more than ${MAX_COUNTED} are counted.`,
    registers: [metrics],
    async collect() {
      const answer = await ask();
      if (answer) {
        this.set(Number(answer.count));
      }
    },
  });
  new Gauge({
    name: "outbox_oldest_seconds",
    help: "Age of the oldest event that Kafka does not have yet.",
    registers: [metrics],
    async collect() {
      const answer = await ask();
      if (answer) {
        this.set(answer.age);
      }
    },
  });
}

interface Waiting {
  readonly count: bigint;
  readonly age: number;
}

/** While the database is away the last figures stay; that it is away is told elsewhere. */
async function askWaiting(db: Db): Promise<Waiting | undefined> {
  try {
    const { rows } = await db.query<Waiting>(waiting([MAX_COUNTED]));
    return rows[0];
  } catch {
    return undefined;
  }
}

const waiting = named(
  "kit.outbox.waiting",
  `select count(*) as count,
          coalesce(extract(epoch from now() - min(created_at)), 0)::float8 as age
     from (select created_at from outbox
            where published_at is null order by id limit $1) unpublished`,
);
