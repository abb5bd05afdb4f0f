/** What the order service's own rules say of an order that the model has as a few numbers. */
import { Fault } from "#kit/errors.ts";
import { cancel, type Order } from "../../services/order/order.ts";
import { takeBack } from "../../services/order/returns.ts";
import { deliver, ship } from "../../services/order/shipments.ts";
import type { Change } from "../../services/order/steps.ts";
import type { EventName } from "../../services/order/transitions.ts";
import { type OrderWorld, STATUSES } from "./world.ts";

const AT = new Date(0);
const PARCEL = { carrier: "UPS", trackingNumber: "1" };

export type Act = "cancel" | "ship" | "deliver" | "return";

const RULES: Readonly<Record<Act, (order: Order) => Change>> = {
  cancel: (order) => cancel(order, "", "buyer", AT),
  ship: (order) => ship(order, "all", PARCEL, "merchant", AT),
  deliver: (order) => deliver(order, "all", "merchant", AT),
  return(order) {
    const items = [{ productId: "mug", quantity: 1 }];
    return takeBack(order, { id: "return", items, reason: "" }, "buyer", AT);
  },
};

/** What becomes of an order by an act; undefined: the rules refuse it. */
export interface Moved {
  readonly status: number;
  readonly event: EventName;
}

const known = new Map<string, Moved | undefined>();

export function moved(act: Act, order: OrderWorld, quantity: number): Moved | undefined {
  const key = `${act}${order.status}${order.returned}${quantity}`;
  if (!known.has(key)) {
    known.set(key, decide(act, orderOf(order, quantity)));
  }
  return known.get(key);
}

function decide(act: Act, order: Order): Moved | undefined {
  try {
    const { order: after, step } = RULES[act](order);
    return { status: STATUSES.indexOf(after.status), event: step.event };
  } catch (error) {
    if (error instanceof Fault) {
      return undefined;
    }
    throw error;
  }
}

/** One line of `quantity` units at a price of 1 each, as far as the rules look at it. */
export function orderOf({ status: index, seq, returned }: OrderWorld, quantity: number): Order {
  const status = STATUSES[index] ?? "PENDING";
  const isSent = status === "SHIPPED" || status === "DELIVERED" || status === "RETURNED";
  const deliverTime = status === "SHIPPED" ? undefined : AT;
  const total = BigInt(quantity);
  const price = { merchantId: "m", name: "mug", unitPrice: 1n };
  return {
    id: "order",
    userId: "buyer",
    status,
    lines: [{ productId: "mug", quantity, returnedQuantity: returned, ...price }],
    totals: { currency: "USD", subtotal: total, discounts: 0n, shipping: 0n, tax: 0n, total },
    address: { street: "", city: "", state: "", zip: "", country: "" },
    paymentMethod: "card",
    capture: "AUTOMATIC",
    paymentId: undefined,
    nextAction: undefined,
    rejection: undefined,
    cancelRequest: undefined,
    shipments: isSent ? [{ merchantId: "m", ...PARCEL, shipTime: AT, deliverTime }] : [],
    openDisputes: [],
    sequence: seq,
    createTime: AT,
    updateTime: AT,
  };
}
