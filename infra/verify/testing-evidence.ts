/** What a mesh at rest looks like after one order was paid and another cancelled. */
import { type ServiceName, services } from "../dev/services.ts";
import type { Evidence } from "./evidence.ts";
import type { KafkaRecord } from "./kafka-log.ts";

type Mutable<T> = { -readonly [K in keyof T]: T[K] extends readonly (infer R)[] ? R[] : T[K] };

const placed = (id: string, key: string, status: string, sequence: number) => ({
  id,
  status,
  total: "500",
  currency: "USD",
  placed_by: "user-1",
  idempotency_key: key,
  sequence,
  items: [{ productId: "mug", quantity: 2 }],
  moving: false,
});

function record(topic: string, key: string, sequence: number, name: string): KafkaRecord {
  const at = { orders: 0, payments: 100 }[topic] ?? 0;
  const type = `tradepost.${topic.slice(0, -1)}.v1.${name}`;
  const offset = BigInt(at + sequence);
  const id = `${topic}/${key}/${sequence}`;
  const partition = key === "o1" ? 1 : 2;
  return { topic, partition, offset, key, id, type, sequence, status: "", time: 0 };
}

export function goodEvidence(): Mutable<Evidence> {
  const log = [
    record("orders", "o1", 1, "OrderPlaced"),
    record("orders", "o1", 2, "OrderConfirmed"),
    record("orders", "o2", 1, "OrderPlaced"),
    record("orders", "o2", 2, "OrderConfirmed"),
    record("orders", "o2", 3, "OrderCancelled"),
    record("payments", "p1", 1, "PaymentSucceeded"),
    record("payments", "p2", 1, "PaymentSucceeded"),
    record("payments", "p2", 2, "PaymentRefunded"),
  ];
  const none = Object.fromEntries(services.map((service) => [service, []])) as unknown as Record<
    ServiceName,
    never[]
  >;
  const rows = (topic: string) =>
    log
      .filter((one) => one.topic === topic)
      .map(({ id, key }) => ({ event_id: id, topic, key, waits: false, age_seconds: 1 }));
  const heard = log.map(({ id }) => ({ event_id: id }));
  const payment = (id: string, order_id: string, refunded: string) => ({
    id,
    order_id,
    status: "succeeded",
    amount: "500",
    currency: "USD",
    refunded,
    intent_id: `pi_${id}`,
    time: 0,
  });
  const booked = (order_id: string, kind: string) => ({
    order_id,
    kind,
    reference: `${kind} ${order_id}`,
    amount: "500",
    balance: "0",
  });
  const told = (event_id: string, order_id: string, kind: string) => ({
    event_id,
    order_id,
    kind,
    count: 1,
  });
  return {
    orders: [placed("o1", "k1", "CONFIRMED", 2), placed("o2", "k2", "CANCELLED", 3)],
    history: [
      { order_id: "o1", sequence: 1, status: "PENDING", time: 0 },
      { order_id: "o1", sequence: 2, status: "CONFIRMED", time: 0 },
      { order_id: "o2", sequence: 1, status: "PENDING", time: 0 },
      { order_id: "o2", sequence: 2, status: "CONFIRMED", time: 0 },
      { order_id: "o2", sequence: 3, status: "CANCELLED", time: 0 },
    ],
    sagas: [],
    payments: [payment("p1", "o1", "0"), payment("p2", "o2", "500")],
    refunds: [
      {
        payment_id: "p2",
        order_id: "o2",
        amount: "500",
        status: "succeeded",
        stripe_refund_id: "re_1",
      },
    ],
    booked: [booked("o1", "charge"), booked("o2", "charge"), booked("o2", "refund")],
    mismatches: [],
    sold: [{ product_id: "mug", sold: 2 }],
    reservations: [
      { order_id: "o1", state: "committed" },
      { order_id: "o2", state: "released" },
    ],
    outbox: { ...none, order: rows("orders"), payment: rows("payments") },
    inbox: { ...none, notification: heard, analytics: heard, order: heard },
    deadLetters: none,
    notifications: [
      told("orders/o1/2", "o1", "ORDER_CONFIRMED"),
      told("orders/o2/2", "o2", "ORDER_CONFIRMED"),
      told("orders/o2/3", "o2", "ORDER_CANCELLED"),
      told("payments/p2/2", "o2", "PAYMENT_REFUNDED"),
    ],
    revenue: [{ currency: "USD", revenue: "1000", refunded: "500" }],
    provider: {
      orders: {
        o1: { intents: ["pi_p1"], succeeded: ["pi_p1"], captured: 500, refunded: 0 },
        o2: { intents: ["pi_p2"], succeeded: ["pi_p2"], captured: 500, refunded: 500 },
      },
    },
    movements: undefined,
    log,
  };
}
