/** The rules of an order until its goods are sent. Pure: no I/O, no clock, no random, no protobuf. */
import { Fault } from "#kit/errors.ts";
import { merge } from "./pricing.ts";
import type { Change, Told } from "./steps.ts";
import type { Totals } from "./totals.ts";
import { type Status, stepOf } from "./transitions.ts";

export interface Order {
  readonly id: string;
  readonly userId: string;
  readonly status: Status;
  readonly lines: readonly Line[];
  /** Absent until the stock is held. */
  readonly totals: Totals | undefined;
  readonly address: Address;
  readonly paymentMethod: string;
  readonly capture: Capture;
  readonly paymentId: string | undefined;
  /** While the payment waits for its person. */
  readonly nextAction: NextAction | undefined;
  readonly rejection: Rejection | undefined;
  /** Asked for while the checkout is under way. */
  readonly cancelRequest: CancelRequest | undefined;
  /** What was sent, by merchant; who is not here has not sent anything yet. */
  readonly shipments: readonly Shipment[];
  /** Ids of the disputes that are not decided. */
  readonly openDisputes: readonly string[];
  /** How many transitions there were. */
  readonly sequence: number;
  readonly createTime: Date;
  readonly updateTime: Date;
}

export interface Line {
  readonly productId: string;
  readonly quantity: number;
  readonly returnedQuantity: number;
  /** Empty, with a price of 0, until the stock is held. */
  readonly merchantId: string;
  readonly name: string;
  readonly unitPrice: bigint;
}

export interface Address {
  readonly street: string;
  readonly city: string;
  readonly state: string;
  readonly zip: string;
  readonly country: string;
}

/** When the money is taken: with the checkout, or when the goods are sent. */
export type Capture = "AUTOMATIC" | "ON_SHIPMENT";

export interface NextAction {
  readonly type: string;
  readonly url: string;
  readonly clientSecret: string;
}

export interface Rejection {
  /** A reason of the error catalogue. */
  readonly reason: string;
  readonly detail: string;
  readonly metadata: Readonly<Record<string, string>>;
}

export interface CancelRequest {
  readonly actor: string;
  readonly reason: string;
}

export interface Shipment {
  readonly merchantId: string;
  readonly carrier: string;
  readonly trackingNumber: string;
  readonly shipTime: Date;
  readonly deliverTime: Date | undefined;
}

export interface Wanted {
  readonly id: string;
  readonly userId: string;
  readonly items: readonly Item[];
  readonly address: Address;
  readonly paymentMethod: string;
}

/** One product and how many of it. */
export interface Item {
  readonly productId: string;
  readonly quantity: number;
}

export function place(wanted: Wanted, capture: Capture, actor: string, at: Date): Change {
  const { items, ...rest } = wanted;
  const order: Order = {
    ...rest,
    status: "PENDING",
    lines: merge(items),
    totals: undefined,
    capture,
    paymentId: undefined,
    nextAction: undefined,
    rejection: undefined,
    cancelRequest: undefined,
    shipments: [],
    openDisputes: [],
    sequence: 1,
    createTime: at,
    updateTime: at,
  };
  return { order, step: { event: "OrderPlaced", status: "PENDING", reason: "", actor } };
}

/** Its payment waits for its person. */
export function requireAction(order: Order, nextAction: NextAction, at: Date): Change {
  return move({ ...order, nextAction }, { event: "OrderActionRequired" }, "", "checkout", at);
}

export function confirm(order: Order, paymentId: string, at: Date): Change {
  const paid = { ...order, paymentId, nextAction: undefined };
  return move(paid, { event: "OrderConfirmed" }, "", "checkout", at);
}

export function reject(order: Order, rejection: Rejection, at: Date): Change {
  const rejected = { ...order, rejection, nextAction: undefined };
  return move(rejected, { event: "OrderRejected" }, rejection.reason, "checkout", at);
}

/** What was sent has to come back first: then it is a return. */
export function cancel(order: Order, reason: string, actor: string, at: Date): Change {
  const change = move(
    { ...order, nextAction: undefined },
    { event: "OrderCancelled" },
    reason,
    actor,
    at,
  );
  if (order.shipments.length > 0) {
    throw new Fault("WRONG_ORDER_STATE", `goods of order ${order.id} were sent already`, {
      metadata: { status: order.status },
    });
  }
  // A pending order is the checkout's, which goes back whatever the bank says.
  if (order.status !== "PENDING") {
    refuseDisputed(order);
  }
  return change;
}

/** While the bank withholds the money none of it can be paid back. */
export function refuseDisputed({ id, openDisputes }: Order): void {
  if (openDisputes.length > 0) {
    throw new Fault("WRONG_PAYMENT_STATE", `the payment of order ${id} is disputed`, {
      metadata: { orderId: id, disputed: "true" },
    });
  }
}

/** The only thing that changes an order: a step of the table. */
export function move(order: Order, told: Told, reason: string, actor: string, at: Date): Change {
  const { to } = stepOf(order.status, told.event);
  return {
    order: { ...order, status: to, sequence: order.sequence + 1, updateTime: at },
    step: { ...told, status: to, reason, actor },
  };
}
