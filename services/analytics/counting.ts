/** What events have in them for each view, and how it gets there: all of a transaction at once. */
import { OrderEvent } from "#gen/tradepost/order/v1/events.ts";
import { PaymentEvent } from "#gen/tradepost/payment/v1/events.ts";
import type { Tx } from "#kit/db.ts";
import { jsonCodec } from "#kit/json.ts";
import type { Heard, Subscription } from "#kit/subscription.ts";
import { addToCohorts, keepBuyers } from "./cohort-store.ts";
import type { Buyer } from "./cohorts.ts";
import { addToFunnels, advanceOrders } from "./funnel-store.ts";
import * as order from "./order-facts.ts";
import * as payment from "./payment-facts.ts";
import { noteProgress } from "./publishing-store.ts";
import { addToRollups } from "./rollup-store.ts";
import { rollUp } from "./rollups.ts";
import { addSales, type Sales } from "./sales.ts";
import { addToSales } from "./sales-store.ts";
import type { Told } from "./stages.ts";
import { addToWindows } from "./store.ts";
import { addUp, type Counted } from "./windows.ts";

interface Facts {
  readonly counted: readonly Counted[];
  readonly told: readonly Told[];
  readonly sales: readonly Sales[];
  readonly buyers: readonly Buyer[];
}

/** A topic that is counted. */
interface Source<E = unknown> extends Pick<Subscription<E>, "topic" | "decode"> {
  factsIn(events: readonly Heard<E>[]): Facts;
}

/** Events of one topic. */
export interface Events {
  readonly source: Source;
  readonly events: readonly Heard<unknown>[];
}

export const sources: readonly Source[] = [
  source({
    topic: "orders",
    decode: jsonCodec(OrderEvent),
    factsIn: (events) => ({
      counted: events.flatMap(order.countedIn),
      told: events.map(order.toldIn),
      sales: events.flatMap(order.salesIn),
      buyers: events.flatMap(order.buyersIn),
    }),
  }),
  source({
    topic: "payments",
    decode: jsonCodec(PaymentEvent),
    factsIn: (events) => ({
      counted: events.flatMap(payment.countedIn),
      told: events.flatMap(payment.toldIn),
      sales: [],
      buyers: [],
    }),
  }),
];

/**
 * Every writer goes through the tables in this order, so that none waits for the other. Rows that
 * few events share come first: those of the day are held shortest. Who `isAlone` locks nothing.
 */
export async function count(tx: Tx, heard: readonly Events[], isAlone: boolean): Promise<void> {
  const facts = heard.map(({ source, events }) => source.factsIn(events));
  const funnels = await advanceOrders(
    tx,
    facts.flatMap(({ told }) => told),
    isAlone,
  );
  const cohorts = await keepBuyers(
    tx,
    facts.flatMap(({ buyers }) => buyers),
    isAlone,
  );
  const deltas = addUp(facts.flatMap(({ counted }) => counted));
  await addToSales(tx, addSales(facts.flatMap(({ sales }) => sales)));
  await addToFunnels(tx, funnels);
  await addToCohorts(tx, cohorts);
  await addToRollups(tx, rollUp(deltas));
  await addToWindows(tx, deltas);
  await noteProgress(
    tx,
    heard.flatMap(({ source: { topic }, events }) =>
      events.map(({ partition, time }) => ({ topic, partition, time })),
    ),
  );
}

function source<E>(source: Source<E>): Source {
  return source;
}
