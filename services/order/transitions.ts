/** Which state follows which, and the event that each step writes. */
import { Fault } from "#kit/errors.ts";

export type Status =
  | "PENDING"
  | "CONFIRMED"
  | "REJECTED"
  | "CANCELLED"
  | "SHIPPED"
  | "DELIVERED"
  | "RETURNED";

export type EventName =
  | "OrderPlaced"
  | "OrderActionRequired"
  | "OrderConfirmed"
  | "OrderRejected"
  | "OrderCancelled"
  | "OrderPartShipped"
  | "OrderShipped"
  | "OrderPartDelivered"
  | "OrderDelivered"
  | "OrderItemsReturned"
  | "OrderReturned"
  | "OrderDisputed"
  | "OrderDisputeClosed";

export interface Transition {
  /** undefined: there was no order. */
  readonly from: Status | undefined;
  /** The same as `from` for a fact that changes no state. */
  readonly to: Status;
  readonly event: EventName;
}

/** Code, documentation and tests read this table; nothing else moves an order. */
export const TRANSITIONS: readonly Transition[] = [
  { from: undefined, to: "PENDING", event: "OrderPlaced" },
  { from: "PENDING", to: "PENDING", event: "OrderActionRequired" },
  { from: "PENDING", to: "CONFIRMED", event: "OrderConfirmed" },
  { from: "PENDING", to: "REJECTED", event: "OrderRejected" },
  { from: "PENDING", to: "CANCELLED", event: "OrderCancelled" },
  { from: "CONFIRMED", to: "CANCELLED", event: "OrderCancelled" },
  { from: "CONFIRMED", to: "CONFIRMED", event: "OrderPartShipped" },
  { from: "CONFIRMED", to: "CONFIRMED", event: "OrderPartDelivered" },
  { from: "CONFIRMED", to: "SHIPPED", event: "OrderShipped" },
  { from: "SHIPPED", to: "SHIPPED", event: "OrderPartDelivered" },
  { from: "SHIPPED", to: "DELIVERED", event: "OrderDelivered" },
  { from: "DELIVERED", to: "DELIVERED", event: "OrderItemsReturned" },
  { from: "DELIVERED", to: "RETURNED", event: "OrderReturned" },
  ...disputesIn("PENDING", "CONFIRMED", "REJECTED", "CANCELLED", "SHIPPED", "DELIVERED"),
  ...disputesIn("RETURNED"),
];

/** No other state follows these; a dispute may still be noted. */
export const FINAL: ReadonlySet<Status> = new Set(["REJECTED", "CANCELLED", "RETURNED"]);

/** A step as the table has it; WRONG_ORDER_STATE if there is none of this event from there. */
export function stepOf(from: Status | undefined, event: EventName): Transition {
  const transition = TRANSITIONS.find((row) => row.from === from && row.event === event);
  if (!transition) {
    throw new Fault("WRONG_ORDER_STATE", `an order that is ${from} cannot have ${event}`, {
      metadata: { status: from ?? "" },
    });
  }
  return transition;
}

/** A bank asks its own questions in its own time. */
function disputesIn(...states: readonly Status[]): Transition[] {
  return states.flatMap((status) => [
    { from: status, to: status, event: "OrderDisputed" as const },
    { from: status, to: status, event: "OrderDisputeClosed" as const },
  ]);
}
