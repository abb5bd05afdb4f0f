import assert from "node:assert/strict";
import { describe, it } from "mocha";
import type { EventName } from "../../services/order/transitions.ts";
import { type ObservedOrder, replay } from "./replay.ts";

function observed(given: {
  order: readonly EventName[];
  payment?: readonly string[];
  stock?: readonly string[];
  reservation?: ObservedOrder["reservation"];
  isAtRest?: boolean;
  isOnShipment?: boolean;
}): ObservedOrder {
  const numbered = <T>(events: readonly T[]) =>
    events.map((event, index) => ({ sequence: index + 1, event }));
  return {
    orderId: "o1",
    order: numbered(given.order),
    payment: numbered(given.payment ?? []),
    stock: given.stock ?? [],
    reservation: given.reservation,
    isAtRest: given.isAtRest ?? true,
    isOnShipment: given.isOnShipment ?? false,
  };
}

const CONFIRMED = {
  order: ["OrderPlaced", "OrderConfirmed"],
  payment: ["PaymentSucceeded"],
  stock: ["sold"],
  reservation: "committed",
} as const;
const CANCELLED = {
  order: [...CONFIRMED.order, "OrderCancelled"],
  payment: ["PaymentSucceeded", "PaymentRefunded"],
  stock: ["sold", "returned"],
  reservation: "released",
} as const;
const DELIVERED = [
  ...CONFIRMED.order,
  "OrderPartShipped",
  "OrderShipped",
  "OrderDelivered",
] as const;

const ALLOWED: Readonly<Record<string, Parameters<typeof observed>[0]>> = {
  "is confirmed": CONFIRMED,
  "is opened and not yet more": { order: ["OrderPlaced"], isAtRest: false },
  "is out of stock": { order: ["OrderPlaced", "OrderRejected"], reservation: "released" },
  "is declined": {
    order: ["OrderPlaced", "OrderRejected"],
    payment: ["PaymentFailed"],
    reservation: "released",
  },
  "waits for its person, who is too late": {
    order: ["OrderPlaced", "OrderActionRequired", "OrderRejected"],
    reservation: "released",
  },
  "is charged, and cancelled before it is confirmed": {
    order: ["OrderPlaced", "OrderCancelled"],
    payment: ["PaymentSucceeded", "PaymentRefunded"],
    reservation: "released",
  },
  "is cancelled": CANCELLED,
  "is cancelled before its stock was settled": { ...CANCELLED, stock: [] },
  "comes back in three parts": {
    order: [...DELIVERED, "OrderItemsReturned", "OrderItemsReturned", "OrderReturned"],
    payment: ["PaymentSucceeded", "PaymentRefunded", "PaymentRefunded", "PaymentRefunded"],
    stock: ["sold", "return", "return"],
    reservation: "committed",
  },
  "comes back whole, all at once": {
    order: [...DELIVERED, "OrderReturned"],
    payment: ["PaymentSucceeded", "PaymentRefunded"],
    stock: ["sold", "return"],
    reservation: "committed",
  },
  "comes back whole after a part was refunded by hand": {
    order: [...DELIVERED, "OrderReturned"],
    payment: ["PaymentSucceeded", "PaymentRefunded", "PaymentRefunded"],
    stock: ["sold", "return"],
    reservation: "committed",
  },
  "is refunded in part by hand": {
    ...CONFIRMED,
    payment: ["PaymentSucceeded", "PaymentRefunded", "PaymentRefunded"],
  },
  "is disputed": {
    ...CONFIRMED,
    order: [...CONFIRMED.order, "OrderDisputed", "OrderDisputeClosed"],
  },
};

const FORBIDDEN: Readonly<Record<string, Parameters<typeof observed>[0]>> = {
  "is confirmed without money": { ...CONFIRMED, payment: [] },
  "is confirmed though declined": { ...CONFIRMED, payment: ["PaymentFailed"] },
  "is charged twice": { ...CONFIRMED, payment: ["PaymentSucceeded", "PaymentSucceeded"] },
  "sells its stock twice": { ...CONFIRMED, stock: ["sold", "sold"] },
  "is confirmed and its stock not sold": { ...CONFIRMED, stock: [], reservation: "held" },
  "is cancelled and keeps the money": { ...CANCELLED, payment: ["PaymentSucceeded"] },
  "is cancelled and keeps the stock": { ...CANCELLED, stock: ["sold"], reservation: "committed" },
  "is rejected and holds stock": { order: ["OrderPlaced", "OrderRejected"], reservation: "held" },
  "is left pending": { order: ["OrderPlaced"] },
  "is cancelled after it was shipped": {
    ...CANCELLED,
    order: [...CONFIRMED.order, "OrderShipped", "OrderCancelled"],
  },
};

describe("an observed order", () => {
  for (const [name, given] of Object.entries(ALLOWED)) {
    it(`is allowed that ${name}`, () => {
      assert.equal(replay(observed(given)), undefined);
    }).timeout(60_000);
  }

  for (const [name, given] of Object.entries(FORBIDDEN)) {
    it(`is not allowed that ${name}`, () => {
      assert.equal(replay(observed(given))?.orderId, "o1");
    }).timeout(60_000);
  }

  it("has its steps numbered without a gap", () => {
    const { order, ...rest } = observed(CONFIRMED);
    const gap = order.map((step, index) => ({ ...step, sequence: index * 2 + 1 }));
    assert.match(replay({ ...rest, order: gap })?.message ?? "", /step 2 has the number 3/);
  });
});
