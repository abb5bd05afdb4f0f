import { Gauge, type Registry } from "prom-client";
import { type Db, named } from "./db.ts";
import { asked } from "./scrape.ts";

/** More are not counted; an alert has fired long before. */
const MAX_COUNTED = 100_000;

/** Asked of the database when somebody scrapes. */
export function outboxMetrics(db: Db, metrics: Registry): void {
  const ask = asked(async () => (await db.query<Waiting>(waiting([MAX_COUNTED]))).rows[0]);
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

const waiting = named(
  "kit.outbox.waiting",
  `select count(*) as count,
          coalesce(extract(epoch from now() - min(created_at)), 0)::float8 as age
     from (select created_at from outbox
            where published_at is null order by id limit $1) unpublished`,
);
