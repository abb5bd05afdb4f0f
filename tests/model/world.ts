/** A state of the model: small numbers only, so that millions of them fit into memory. */

import type { Status } from "../../services/order/transitions.ts";
import type { PaymentStatus } from "../../services/payment/payment.ts";

/** What is possible in a world. Everything that is possible may happen at any time. */
export interface Setup {
  readonly name: string;
  readonly orders: 1 | 2;
  /** Units in the shop, and what each order wants of them; a unit costs 1. */
  readonly units: number;
  readonly quantity: number;
  /** Processes that drive sagas, and calls that the payment service works on at once. */
  readonly drivers: number;
  readonly handlers: number;
  /** Returns of one unit each. */
  readonly returns: 0 | 1 | 2;
  readonly can: ReadonlySet<Ability>;
}

export type Ability =
  | "cancel"
  | "ship"
  /** 3-D Secure. */
  | "person"
  | "decline"
  /** The money is only set aside at checkout. */
  | "onShipment"
  /** Somebody refunds one unit's price by hand. */
  | "refundByHand"
  /** Stripe forgets a key and makes a second intent. */
  | "twoIntents"
  | "sweep"
  /** A driver dies, or loses a call, while it waits; without it nothing is ever unknown. */
  | "crash"
  /** Calls arrive late and more than once, also after they were given up. */
  | "late";

export const STATUSES: readonly Status[] = [
  "PENDING",
  "CONFIRMED",
  "REJECTED",
  "CANCELLED",
  "SHIPPED",
  "DELIVERED",
  "RETURNED",
];

/** 0: there is no row. */
export const PAYMENTS: readonly (PaymentStatus | undefined)[] = [
  undefined,
  "processing",
  "requires_action",
  "authorized",
  "succeeded",
  "failed",
  "cancelled",
];

export const RESERVATIONS = ["none", "held", "committed", "released"] as const;
/** 0: there is no such row. */
export const STEPS = ["none", "forward", "wait", "settle", "back", "frozen"] as const;

export interface Driver {
  /** Of which row it is, plus 1; 0: idle. */
  saga: number;
  /** Its fence. */
  fence: number;
  /** The order's, as it has seen it. */
  seq: number;
  /** Index of what it does now. */
  action: number;
  /** Answers of the calls that it makes at once: 1 money, 2 goods, 4 money refused. */
  got: number;
}

/** A call or a webhook that the payment service works on. */
export interface Handler {
  work: number;
  at: number;
  intent: number;
  /** Where Stripe's intent was when it was asked. */
  told: number;
}

export interface OrderWorld {
  status: number;
  seq: number;
  cancelAsked: number;
  returned: number;
  /** Whoever ships: 1 waits for the capture, 2 has it. */
  clerk: number;
  /** Steps of the rows: checkout, cancel, return, return; and their fences. */
  rows: number[];
  fences: number[];
  /** Index of the outcome that the checkout's row carries. */
  why: number;
  /** Bits of the calls that were sent. They are never taken away: each may come once more. */
  calls: number;
  returnCalls: number;
  pay: number;
  closed: number;
  intent: number;
  refunded: number;
  /** Charges in the books. */
  booked: number;
  /** Refunds that were noted: the rest, two returns', one by hand. 1 pending, 2 booked. */
  wishes: number[];
  /** Of the first of them. */
  rest: number;
  /** Stripe's two intents. */
  intents: number[];
  /** Bits of `wishes` that Stripe has paid back. */
  paidBack: number;
  reservation: number;
  /** Bits of the returns whose goods are on the shelf again. */
  shelved: number;
  /** What the sweeper was told: 1 sold, 2 over, 3 unknown. */
  verdict: number;
  drivers: Driver[];
  handlers: Handler[];
}

export interface World {
  available: number;
  reserved: number;
  sold: number;
  orders: OrderWorld[];
  /** What the last step told the world outside; no part of the state. */
  told: string[];
}

export function idle(driver: Driver): void {
  Object.assign(driver, { saga: 0, fence: 0, seq: 0, action: 0, got: 0 });
}

export function done(handler: Handler): void {
  Object.assign(handler, { work: 0, at: 0, intent: 0, told: 0 });
}

/** Orders that were just opened: no one drives them yet. */
export function opened(setup: Setup): World {
  const drivers = () =>
    Array.from({ length: setup.drivers }, () => ({ saga: 0, fence: 0, seq: 0, action: 0, got: 0 }));
  const handlers = () =>
    Array.from({ length: setup.handlers }, () => ({ work: 0, at: 0, intent: 0, told: 0 }));
  const order = (): OrderWorld => ({
    status: 0,
    seq: 1,
    cancelAsked: 0,
    returned: 0,
    clerk: 0,
    rows: [1, 0, 0, 0],
    fences: [1, 0, 0, 0],
    why: 0,
    calls: 0,
    returnCalls: 0,
    pay: 0,
    closed: 0,
    intent: 0,
    refunded: 0,
    booked: 0,
    wishes: [0, 0, 0, 0],
    rest: 0,
    intents: [0, 0],
    paidBack: 0,
    reservation: 0,
    shelved: 0,
    verdict: 0,
    drivers: drivers(),
    handlers: handlers(),
  });
  const orders = Array.from({ length: setup.orders }, order);
  return { available: setup.units, reserved: 0, sold: 0, orders, told: [] };
}
