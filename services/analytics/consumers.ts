/** What analytics counts: orders from order events, money from payment events. */
import { OrderEvent } from "#gen/tradepost/order/v1/events.ts";
import { PaymentEvent } from "#gen/tradepost/payment/v1/events.ts";
import type { Tx } from "#kit/db.ts";
import { jsonCodec } from "#kit/json.ts";
import { type Heard, type Subscription, subscription } from "#kit/subscription.ts";
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

/** What a batch of events has in it for each view. */
interface Facts {
  readonly counted: readonly Counted[];
  readonly told: readonly Told[];
  readonly sales: readonly Sales[];
  readonly buyers: readonly Buyer[];
}

export const consumers: readonly Subscription[] = [
  subscription({
    topic: "orders",
    decode: jsonCodec(OrderEvent),
    handle: (events, tx) =>
      count(tx, "orders", events, {
        counted: events.flatMap(order.countedIn),
        told: events.map(order.toldIn),
        sales: events.flatMap(order.salesIn),
        buyers: events.flatMap(order.buyersIn),
      }),
  }),
  subscription({
    topic: "payments",
    decode: jsonCodec(PaymentEvent),
    handle: (events, tx) =>
      count(tx, "payments", events, {
        counted: events.flatMap(payment.countedIn),
        told: events.flatMap(payment.toldIn),
        sales: [],
        buyers: [],
      }),
  }),
];

/**
 * Every writer goes through the tables in this order, so that none waits for the other. Rows that
 * few events share come first: those of the day are held shortest.
 */
async function count(
  tx: Tx,
  topic: string,
  events: readonly Heard<unknown>[],
  { counted, told, sales, buyers }: Facts,
): Promise<void> {
  const funnels = await advanceOrders(tx, told);
  const cohorts = await keepBuyers(tx, buyers);
  const deltas = addUp(counted);
  await addToSales(tx, addSales(sales));
  await addToFunnels(tx, funnels);
  await addToCohorts(tx, cohorts);
  await addToRollups(tx, rollUp(deltas));
  await addToWindows(tx, deltas);
  await noteProgress(tx, topic, events);
}
