/** I8: what consumers do about an event, they do once. */
import { groupBy, type Invariant } from "./invariant.ts";

/** What of an order's life its buyer is told, each once. */
const ONCE = new Set(["ORDER_CONFIRMED", "ORDER_CANCELLED"]);
const TOLD: Readonly<Record<string, string>> = {
  "tradepost.order.v1.OrderConfirmed": "ORDER_CONFIRMED",
  "tradepost.order.v1.OrderCancelled": "ORDER_CANCELLED",
  "tradepost.payment.v1.PaymentRefunded": "PAYMENT_REFUNDED",
};

export const effectOnce: Invariant = {
  id: "I8",
  name: "effects happen exactly once",
  reads: ["notifications", "deadLetters", "payments", "refunds", "revenue", "log"],
  rule:
    "each event that a person is told of made exactly one notification, unless it is a dead " +
    "letter, and an order was confirmed and cancelled at most once to its buyer; the revenue of " +
    "analytics is what payments took, its refunds what they gave back",
  *find({ notifications, deadLetters, payments, refunds, revenue, log }) {
    const dead = new Set(deadLetters.notification.map(({ event_id }) => event_id));
    const byEvent = groupBy(notifications, ({ event_id }) => event_id);
    for (const { id: eventId, type, key } of distinct(log ?? [])) {
      const kind = TOLD[type];
      const made = byEvent.get(eventId)?.reduce((sum, { count }) => sum + count, 0) ?? 0;
      if (kind && made !== 1 && !dead.has(eventId)) {
        yield { what: "an event made not one notification", eventId, type, key, made };
      }
    }
    const ofOrders = notifications.filter(({ kind, order_id }) => order_id && ONCE.has(kind));
    for (const [about, rows] of groupBy(ofOrders, (row) => `${row.order_id} ${row.kind}`)) {
      const count = rows.reduce((sum, row) => sum + row.count, 0);
      if (count > 1) {
        yield { what: "a person was told twice", about, count };
      }
    }
    if (!log || deadLetters.analytics.length > 0) {
      return;
    }
    for (const currency of new Set(payments.map((payment) => payment.currency))) {
      if (currency === null) {
        continue;
      }
      const own = payments.filter((payment) => payment.currency === currency);
      const ids = new Set(own.map(({ id }) => id));
      const taken = sum(own.filter(({ status }) => status === "succeeded"));
      const back = sum(refunds.filter((r) => r.status === "succeeded" && ids.has(r.payment_id)));
      const counted = revenue.find((row) => row.currency === currency);
      const told = {
        revenue: Number(counted?.revenue ?? 0),
        refunded: Number(counted?.refunded ?? 0),
      };
      if (told.revenue !== taken || told.refunded !== back) {
        const what = "analytics counts other money than payments moved";
        yield { what, currency, ...told, taken, back };
      }
    }
  },
};

function sum(rows: readonly { readonly amount: string }[]): number {
  return rows.reduce((total, { amount }) => total + Number(amount), 0);
}

/** Kafka holds some events twice: that is what at least once means. */
function distinct<T extends { readonly id: string }>(records: readonly T[]): T[] {
  return [...new Map(records.map((record) => [record.id, record])).values()];
}
