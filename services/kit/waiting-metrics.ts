// What waits in the tables of every service: dead letters for a person, sagas for others.
import { Gauge, type Registry } from "prom-client";
import { type Db, named } from "./db.ts";
import { countLetters } from "./dead-letter-counts.ts";
import { asked } from "./scrape.ts";

/** More are not counted; an alert has fired long before. */
const MAX_COUNTED = 100_000;

/** Asked of the database when somebody scrapes: of indexes and tables that hold no more than what waits. */
export function waitingMetrics(db: Db, metrics: Registry): void {
  deadLetterMetrics(db, metrics);
  sagaMetrics(db, metrics);
}

function deadLetterMetrics(db: Db, metrics: Registry): void {
  const ask = asked(() => countLetters(db));
  new Gauge({
    name: "dead_letters",
    help: "Events that a consumer has given up on (dead), and those of their keys behind them (parked).",
    labelNames: ["consumer", "topic", "state"],
    registers: [metrics],
    async collect() {
      const counts = await ask();
      if (counts) {
        this.reset();
      }
      for (const { consumer, topic, dead, parked } of counts ?? []) {
        this.set({ consumer, topic, state: "dead" }, dead);
        this.set({ consumer, topic, state: "parked" }, parked);
      }
    },
  });
}

function sagaMetrics(db: Db, metrics: Registry): void {
  const ask = asked(async () => (await db.query<SagaCount>(sagas([MAX_COUNTED]))).rows);
  const gauge = (name: string, help: string, figure: (counted: SagaCount) => number) =>
    new Gauge({
      name,
      help,
      labelNames: ["kind", "step"],
      registers: [metrics],
      async collect() {
        const counts = await ask();
        if (counts) {
          this.reset();
        }
        for (const counted of counts ?? []) {
          this.set({ kind: counted.kind, step: counted.step }, figure(counted));
        }
      },
    });
  gauge("sagas", "Sagas under way, by what they are at.", ({ count }) => count);
  gauge(
    "sagas_oldest_seconds",
    "Age of the oldest saga under way, by what it is at.",
    ({ age }) => age,
  );
}

interface SagaCount {
  readonly kind: string;
  readonly step: string;
  readonly count: number;
  readonly age: number;
}

const sagas = named(
  "kit.saga.counts",
  `select kind, step, count(*)::int as count,
          extract(epoch from now() - min(created_at))::float8 as age
     from (select kind, step, created_at from sagas limit $1) under_way
    group by kind, step`,
);
