import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { judge } from "./check.ts";
import type { Evidence } from "./evidence.ts";
import { goodEvidence } from "./testing-evidence.ts";

type Good = ReturnType<typeof goodEvidence>;

/** What may have gone wrong, and which invariants must see it. */
const WRONGS: readonly (readonly [
  what: string,
  ids: string,
  change: (e: Good) => Partial<Evidence>,
])[] = [
  [
    "two orders of one key",
    "I2",
    ({ orders }) => ({ orders: orders.map((order) => ({ ...order, idempotency_key: "k1" })) }),
  ],
  [
    "a charge that is not the order's total",
    "I3",
    ({ orders }) => ({ orders: orders.map((order) => ({ ...order, total: "501" })) }),
  ],
  [
    "an order that was charged twice",
    "I3 I4",
    (e) => provider(e, "o1", { succeeded: ["pi_p1", "pi_x"], captured: 1_000 }),
  ],
  ["a paid order without a charge", "I3 I4", (e) => provider(e, "o1", { captured: 0 })],
  ["a cancelled order whose money is kept", "I3 I4", (e) => provider(e, "o2", { refunded: 0 })],
  ["a charge for an order that is not there", "I4", (e) => provider(e, "o9", { captured: 5 })],
  [
    "a refund that the books do not know",
    "I4",
    ({ booked }) => ({ booked: booked.filter(({ kind }) => kind !== "refund") }),
  ],
  [
    "books that refund before they charge",
    "I5",
    ({ booked }) => ({ booked: [...booked].reverse() }),
  ],
  [
    "a transaction out of balance",
    "I5",
    ({ booked }) => ({ booked: booked.map((row) => ({ ...row, balance: "1" })) }),
  ],
  ["stock that does not add up", "I6", () => ({ mismatches: [{ product_id: "mug" }] })],
  ["more sold than ordered", "I6", () => ({ sold: [{ product_id: "mug", sold: 3 }] })],
  [
    "stock still held for a cancelled order",
    "I6",
    ({ reservations }) => ({
      reservations: reservations.map((row) => ({ ...row, state: "committed" })),
    }),
  ],
  ["an event that Kafka lost", "I7 I9", ({ log = [] }) => ({ log: log.slice(1) })],
  [
    "a record from nowhere",
    "I7",
    ({ log = [], outbox }) => ({
      outbox: { ...outbox, payment: outbox.payment.slice(0, -1) },
      log,
    }),
  ],
  [
    "an event that a consumer did not hear",
    "I7",
    ({ inbox }) => ({ inbox: { ...inbox, analytics: inbox.analytics.slice(1) } }),
  ],
  [
    "a person who was told twice",
    "I8",
    ({ notifications }) => ({
      notifications: notifications.map((row) => ({ ...row, count: 2 })),
    }),
  ],
  [
    "revenue that was counted twice",
    "I8",
    () => ({ revenue: [{ currency: "USD", revenue: "2000", refunded: "500" }] }),
  ],
  [
    "an order's events in the wrong order",
    "I9",
    ({ log = [] }) => ({
      log: log.map((one) => (one.key === "o1" ? { ...one, offset: 10n - one.offset } : one)),
    }),
  ],
  [
    "an order's events in two partitions",
    "I9",
    ({ log = [] }) => ({
      log: log.map((one) => (one.id === "orders/o1/2" ? { ...one, partition: 5 } : one)),
    }),
  ],
  [
    "a transition without its event",
    "I9",
    ({ log = [], outbox }) => ({
      log: log.filter(({ id }) => id !== "orders/o2/3"),
      outbox: {
        ...outbox,
        order: outbox.order.filter(({ event_id }) => event_id !== "orders/o2/3"),
      },
    }),
  ],
  [
    "a cancelled order that became confirmed",
    "I10",
    ({ history }) => ({
      history: history.map((row) =>
        row.order_id === "o2" && row.sequence > 1
          ? { ...row, status: row.sequence === 2 ? "CANCELLED" : "CONFIRMED" }
          : row,
      ),
    }),
  ],
  [
    "a saga that is stuck",
    "I11",
    () => ({
      sagas: [{ kind: "checkout", id: "o1", step: "back", attempts: 9, idle_seconds: 61 }],
    }),
  ],
  [
    "an event that waits in its outbox",
    "I11",
    ({ outbox }) => ({
      outbox: {
        ...outbox,
        user: [{ event_id: "u", topic: "users", key: "u", waits: true, age_seconds: 61 }],
      },
    }),
  ],
];

describe("the invariants at rest", () => {
  it("hold for a mesh in which nothing went wrong", () => {
    assert.deepEqual(broken(goodEvidence()), "");
  });

  for (const [what, ids, change] of WRONGS) {
    it(`see ${what}`, () => {
      const good = goodEvidence();
      assert.equal(broken({ ...good, ...change(good) }), ids);
    });
  }

  it("let the money of an authorised order wait, until it is shipped", () => {
    const good = goodEvidence();
    const waiting = {
      ...good,
      ...provider(good, "o1", { succeeded: [], captured: 0 }),
      payments: good.payments.map((row) =>
        row.id === "p1" ? { ...row, status: "authorized" } : row,
      ),
      booked: good.booked.filter(({ order_id }) => order_id !== "o1"),
      revenue: [{ currency: "USD", revenue: "500", refunded: "500" }],
    };
    assert.equal(broken(waiting), "");
    const orders = good.orders.map((row) =>
      row.id === "o1" ? { ...row, status: "SHIPPED" } : row,
    );
    assert.match(broken({ ...waiting, orders }), /I3/);
  });

  it("show the first counter-examples and count all", () => {
    const mismatches = Array.from({ length: 30 }, (_, n) => ({ product_id: `p${n}` }));
    const stock = judge({ ...goodEvidence(), mismatches }).find(({ id }) => id === "I6");
    assert.equal(stock?.count, 30);
    assert.equal(stock?.counterexamples.length, 20);
    assert.match(stock?.query ?? "", /select \* from stock_mismatches/);
  });

  it("say what they could not be asked of", () => {
    const verdicts = judge({ ...goodEvidence(), provider: undefined, log: undefined });
    const skipped = verdicts.filter((verdict) => verdict.skipped).map(({ id }) => id);
    assert.deepEqual(skipped, ["I3", "I4", "I5", "I7", "I8", "I9"]);
    assert.ok(verdicts.every(({ count }) => count === 0));
  });
});

function broken(evidence: Evidence): string {
  const verdicts = judge(evidence).filter(({ count }) => count > 0);
  return verdicts.map(({ id }) => id).join(" ");
}

function provider(
  { provider: ledger }: Good,
  orderId: string,
  change: { succeeded?: string[]; captured?: number; refunded?: number },
): Partial<Evidence> {
  const none = { intents: [], succeeded: [], captured: 0, refunded: 0 };
  const orders = ledger?.orders ?? {};
  return {
    provider: { orders: { ...orders, [orderId]: { ...none, ...orders[orderId], ...change } } },
  };
}
