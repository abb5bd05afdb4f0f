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

export type EventName = "OrderPlaced" | "OrderConfirmed" | "OrderRejected" | "OrderCancelled";

interface Transition {
  /** undefined: there was no order. */
  readonly from: Status | undefined;
  readonly to: Status;
  readonly event: EventName;
}

/** Code, documentation and tests read this table; nothing else moves an order. */
export const TRANSITIONS: readonly Transition[] = [
  { from: undefined, to: "PENDING", event: "OrderPlaced" },
  { from: "PENDING", to: "CONFIRMED", event: "OrderConfirmed" },
  { from: "PENDING", to: "REJECTED", event: "OrderRejected" },
  { from: "PENDING", to: "CANCELLED", event: "OrderCancelled" },
  { from: "CONFIRMED", to: "CANCELLED", event: "OrderCancelled" },
];

/** Nothing follows these. */
export const FINAL: ReadonlySet<Status> = new Set(["REJECTED", "CANCELLED", "RETURNED"]);

/** The event of a step; WRONG_ORDER_STATE if the table has no such step. */
export function eventOf(from: Status | undefined, to: Status): EventName {
  const transition = TRANSITIONS.find((row) => row.from === from && row.to === to);
  if (!transition) {
    throw new Fault("WRONG_ORDER_STATE", `an order that is ${from} cannot become ${to}`, {
      metadata: { status: from ?? "" },
    });
  }
  return transition.event;
}
