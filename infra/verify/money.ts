/** I3, I4 and I5: nobody is charged twice or for nothing, and both sides' books agree. */
import type { Evidence } from "./evidence.ts";
import { groupBy, type Invariant, PAID, UNDONE } from "./invariant.ts";
import type { ProviderOrder } from "./provider.ts";

const NOTHING: ProviderOrder = { intents: [], succeeded: [], captured: 0, refunded: 0 };

export const noDoubleCharge: Invariant = {
  id: "I3",
  name: "no double charge",
  reads: ["orders", "payments", "provider"],
  rule:
    "at the provider an order has at most one payment that succeeded; CONFIRMED, SHIPPED, " +
    "DELIVERED, RETURNED: exactly one, of the order's total, but for a CONFIRMED one that is " +
    "only authorised, whose money is taken when it is shipped; REJECTED, CANCELLED: what was " +
    "charged less what was refunded is 0",
  *find({ orders, payments, provider }) {
    const authorised = new Set(
      payments.filter(({ status }) => status === "authorized").map(({ order_id }) => order_id),
    );
    for (const [orderId, { succeeded }] of Object.entries(provider?.orders ?? {})) {
      if (succeeded.length > 1 && orderId !== "") {
        yield { what: "an order was charged twice", orderId, succeeded };
      }
    }
    for (const { id: orderId, status, total, moving } of provider ? orders : []) {
      const { captured, refunded } = provider?.orders[orderId] ?? NOTHING;
      const waits = status === "CONFIRMED" && authorised.has(orderId);
      if (PAID.has(status) && captured !== (waits ? 0 : Number(total))) {
        yield { what: "a paid order's charge is not its total", orderId, status, total, captured };
      }
      if (UNDONE.has(status) && !moving && captured !== refunded) {
        const what = "money of an order that is not to be is kept";
        yield { what, orderId, status, captured, refunded };
      }
    }
  },
};

export const noOrphanMoney: Invariant = {
  id: "I4",
  name: "no orphan money",
  reads: ["orders", "payments", "refunds", "booked", "provider"],
  rule:
    "each payment at the provider is a row of ours and the other way round; for each order the " +
    "provider, the payment's row and the books name the same charge and the same refunds; so " +
    "their sums agree. An order that is not there, as after a restore, may have been paid back",
  *find(evidence) {
    const { orders, provider } = evidence;
    if (!provider) {
      return;
    }
    const known = new Set(orders.map(({ id }) => id));
    const ours = ourMoney(evidence);
    for (const [orderId, { captured, refunded, succeeded }] of Object.entries(provider.orders)) {
      const mine = ours.get(orderId);
      const isLost = !known.has(orderId) && !mine;
      if (isLost && captured === refunded) {
        continue;
      }
      if (!known.has(orderId)) {
        yield { what: "the provider charged for an order that is not there", orderId, succeeded };
      } else if (!mine) {
        yield { what: "a payment at the provider has no row", orderId, succeeded };
      }
      const { charged = 0, bookedCharges = 0, repaid = 0, bookedRefunds = 0 } = mine ?? {};
      if (captured !== charged || captured !== bookedCharges) {
        yield { what: "a charge differs", orderId, provider: captured, charged, bookedCharges };
      }
      if (refunded !== repaid || refunded !== bookedRefunds) {
        yield { what: "refunds differ", orderId, provider: refunded, repaid, bookedRefunds };
      }
    }
    for (const [orderId, mine] of ours) {
      if (!provider.orders[orderId] && mine.charged + mine.bookedCharges > 0) {
        yield { what: "a charge of ours is unknown to the provider", orderId, ...mine };
      }
    }
  },
};

interface OurMoney {
  charged: number;
  repaid: number;
  bookedCharges: number;
  bookedRefunds: number;
}

function ourMoney({ payments, refunds, booked }: Evidence): Map<string, OurMoney> {
  const all = new Map<string, OurMoney>();
  const of = (orderId: string) => {
    const known = all.get(orderId) ?? { charged: 0, repaid: 0, bookedCharges: 0, bookedRefunds: 0 };
    all.set(orderId, known);
    return known;
  };
  for (const { order_id, status, amount } of payments) {
    of(order_id).charged += status === "succeeded" ? Number(amount) : 0;
  }
  for (const { order_id, status, amount } of refunds) {
    of(order_id).repaid += status === "succeeded" ? Number(amount) : 0;
  }
  for (const { order_id, kind, amount } of booked) {
    of(order_id).bookedCharges += kind === "charge" ? Number(amount) : 0;
    of(order_id).bookedRefunds += kind === "refund" ? Number(amount) : 0;
  }
  return all;
}

export const refundsWithinCharge: Invariant = {
  id: "I5",
  name: "refunds within their charge, always",
  reads: ["payments", "refunds", "booked", "provider"],
  rule:
    "for each order, at the provider and in the books after every single transaction: refunds " +
    "are not above the charge; each transaction of the books is balanced; no refund of the " +
    "provider's stands for two of ours",
  *find({ booked, refunds, payments, provider, movements }) {
    for (const [orderId, steps] of movements ?? []) {
      const wrong = steps.find(({ sums }) => sums.refunded > sums.captured);
      if (wrong && orderId !== "") {
        const { movement, sums } = wrong;
        const { captured, refunded } = sums;
        const what = "at one moment more was refunded than charged";
        yield { what, orderId, movement: movement.id, captured, refunded };
      }
    }
    for (const [orderId, { captured, refunded }] of Object.entries(provider?.orders ?? {})) {
      if (refunded > captured) {
        yield { what: "the provider refunded more than it charged", orderId, captured, refunded };
      }
    }
    for (const [orderId, rows] of groupBy(booked, ({ order_id }) => order_id)) {
      let left = 0;
      for (const { kind, amount, balance, reference } of rows) {
        left += kind === "charge" ? Number(amount) : kind === "refund" ? -Number(amount) : 0;
        if (Number(balance) !== 0) {
          yield { what: "a transaction is not balanced", orderId, reference, balance };
        }
        if (left < 0) {
          yield { what: "the books refund more than they charge", orderId, reference, left };
        }
      }
    }
    for (const { order_id: orderId, amount, refunded } of payments) {
      if (Number(refunded) > Number(amount)) {
        yield { what: "a payment's refunds are above it", orderId, amount, refunded };
      }
    }
    const made = refunds.filter(({ stripe_refund_id }) => stripe_refund_id !== null);
    for (const [refund, rows] of groupBy(made, (row) => row.stripe_refund_id ?? "")) {
      if (rows.length > 1) {
        yield { what: "two refunds are one at the provider", refund, rows: rows.length };
      }
    }
  },
};
