/** What was observed of an order, in the few words that the model has. */
import type { EventName } from "../../services/order/transitions.ts";
import type { ObservedOrder } from "./replay.ts";
import type { Ability, RESERVATIONS, Setup } from "./world.ts";

export interface Seen {
  readonly order: readonly EventName[];
  readonly payment: readonly string[];
  readonly stock: readonly string[];
  readonly reservation: (typeof RESERVATIONS)[number];
  readonly isAtRest: boolean;
  readonly isOnShipment: boolean;
}

/** Facts that change no state; the table has judged them already. */
const ASIDE: ReadonlySet<EventName> = new Set([
  "OrderPlaced",
  "OrderPartShipped",
  "OrderPartDelivered",
  "OrderDisputed",
  "OrderDisputeClosed",
]);

const PAYMENT: Readonly<Record<string, string>> = {
  PaymentSucceeded: "succeeded",
  PaymentFailed: "failed",
  PaymentRefunded: "refunded",
};

/**
 * The model has one product of one merchant and at most two returns: further returns of a part, and
 * refunds one after the other, count as one.
 */
export function seenOf(observed: ObservedOrder): Seen {
  const { order, payment, stock, reservation = "none", isAtRest, isOnShipment } = observed;
  const facts = order.map(({ event }) => event).filter((event) => !ASIDE.has(event));
  const paid = payment.flatMap(({ event }) => PAYMENT[event] ?? []);
  return {
    order: facts.filter(
      (event, index) => event !== "OrderItemsReturned" || facts[index - 1] !== event,
    ),
    payment: paid.filter((fact, index) => fact !== "refunded" || paid[index - 1] !== fact),
    stock: stock.filter((reason) => reason === "sold" || reason === "returned"),
    reservation,
    isAtRest,
    isOnShipment,
  };
}

/** A world in which what was seen can happen, and little else. */
export function setupOf(seen: Seen, kind: "easy" | "hard"): Setup {
  const has = (...events: EventName[]) => events.some((event) => seen.order.includes(event));
  const isPart = has("OrderItemsReturned");
  const isRefunded = seen.payment.includes("refunded");
  const can: (Ability | false)[] = [
    has("OrderCancelled") && "cancel",
    has("OrderShipped", "OrderDelivered") && "ship",
    has("OrderActionRequired") && "person",
    has("OrderRejected") && "decline",
    seen.isOnShipment && "onShipment",
    isRefunded && "refundByHand",
    kind === "hard" && "crash",
    kind === "hard" && "late",
    kind === "hard" && "sweep",
  ];
  const isOutOfStock =
    has("OrderRejected") && !has("OrderActionRequired") && seen.payment.length === 0;
  // A return is of one unit: who sends back all at once has no more.
  const isWhole = has("OrderReturned") && !isPart;
  const quantity = !isWhole && (isPart || isRefunded) ? 2 : 1;
  return {
    name: "replay",
    orders: 1,
    // One that finds nothing on the shelf has no payment, nor waits for anybody.
    units: isOutOfStock ? 0 : quantity,
    quantity,
    drivers: 1,
    handlers: 1,
    returns: isPart && has("OrderReturned") ? 2 : isPart || has("OrderReturned") ? 1 : 0,
    can: new Set(can.filter((ability) => ability !== false)),
  };
}
