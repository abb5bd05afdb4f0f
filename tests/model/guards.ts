/**
 * What the SQL statements ask of the rows that they change. The model uses these; guards.test.ts of
 * each service compares them with the statements on random rows, so that neither drifts.
 */

import type { Status } from "../../services/order/transitions.ts";
import type { PaymentStatus } from "../../services/payment/payment.ts";

/** A saga's row; undefined: there is none. */
export interface Lease {
  readonly fence: number | undefined;
}

/** `order.saga.turn-back`, `order.saga.end`, `kit.saga.pause`, `kit.saga.give-up`. */
export function isOurs(row: Lease, fence: number): boolean {
  return row.fence === fence;
}

export interface OrderRow {
  readonly status: Status;
  readonly sequence: number;
  readonly cancelAsked: boolean;
}

/** `order.decide`: services/order/deciding.ts. `sequence` is the one after the step. */
export function mayDecide(
  row: OrderRow & Lease,
  step: { readonly to: Status; readonly sequence: number; readonly fence: number },
): boolean {
  return (
    isOurs(row, step.fence) &&
    row.status === "PENDING" &&
    row.sequence === step.sequence - 1 &&
    (!(step.to === "CONFIRMED" || step.to === "PENDING") || !row.cancelAsked)
  );
}

/** `order.saga.look`: services/order/saga-store.ts. */
export function isSeen(row: OrderRow & Lease, fence: number): boolean {
  return isOurs(row, fence) && row.status === "PENDING";
}

/** `order.cancel.ask`: services/order/cancelling-store.ts. */
export function mayAskCancel(row: Pick<OrderRow, "status">): boolean {
  return row.status === "PENDING";
}

/** `order.move`: services/order/moving.ts. */
export function mayMove(row: Pick<OrderRow, "sequence">, seen: number): boolean {
  return row.sequence === seen;
}

export interface PaymentGuarded {
  readonly status: PaymentStatus;
  readonly closed: boolean;
  readonly intent: string | undefined;
  readonly amount: number;
  readonly refunded: number;
}

const OPEN: ReadonlySet<PaymentStatus> = new Set(["processing", "requires_action", "authorized"]);

/** `payment.store-intent`: services/payment/opening.ts. */
export function mayStoreIntent(row: PaymentGuarded): boolean {
  return row.intent === undefined && row.status === "processing" && !row.closed;
}

/** `payment.record-end`: services/payment/ending.ts. */
export function mayEnd(row: PaymentGuarded, intent: string | undefined): boolean {
  return OPEN.has(row.status) && row.intent === intent;
}

/** `payment.record-hold`: services/payment/holding.ts. */
export function mayHold(
  row: PaymentGuarded,
  hold: "requires_action" | "authorized",
  intent: string | undefined,
): boolean {
  return (
    (row.status === "processing" || (row.status === "requires_action" && hold === "authorized")) &&
    intent !== undefined &&
    row.intent === intent
  );
}

/** `payment.reserve-refund`: services/payment/refund-store.ts. */
export function mayRefund(row: PaymentGuarded, amount: number): boolean {
  return row.status === "succeeded" && row.refunded + amount <= row.amount;
}

/** `payment.begin-capture`: services/payment/capturing.ts. */
export function mayCapture(row: PaymentGuarded): boolean {
  return row.status === "authorized" && !row.closed;
}

export type Reservation = "none" | "held" | "committed" | "released";

/** `product.stock.hold` for one order: services/product/stock/reserve-store.ts. */
export function mayHoldStock(state: Reservation, available: number, quantity: number): boolean {
  return state === "none" && available >= quantity;
}

/** `product.stock.book`: services/product/stock/settle-store.ts. */
export function afterCommit(state: Reservation): Reservation {
  return state === "held" ? "committed" : state;
}

/** `product.stock.put-back` and `product.stock.close`: the same file. */
export function afterRelease(state: Reservation, only?: "held"): Reservation {
  return only === "held" && state === "committed" ? "committed" : "released";
}

/** `product.stock.return`: services/product/stock/return-store.ts. */
export function mayReturn(
  state: Reservation,
  known: boolean,
  left: number,
  quantity: number,
): "due" | "known" | "closed" | "excess" | "held" {
  if (state !== "committed") {
    return state === "held" ? "held" : "closed";
  }
  if (known) {
    return "known";
  }
  return quantity <= left ? "due" : "excess";
}
