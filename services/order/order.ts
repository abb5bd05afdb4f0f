/** The rules of an order. Pure: no I/O, no clock, no random, no protobuf. */
import { Fault, invalidField } from "#kit/errors.ts";
import { type Totals, totalsOf } from "./totals.ts";
import { type EventName, eventOf, type Status } from "./transitions.ts";

export interface Order {
  readonly id: string;
  readonly userId: string;
  readonly status: Status;
  readonly lines: readonly Line[];
  /** Absent until the stock is held. */
  readonly totals: Totals | undefined;
  readonly address: Address;
  readonly paymentMethod: string;
  readonly paymentId: string | undefined;
  readonly rejection: Rejection | undefined;
  /** How many transitions there were. */
  readonly sequence: number;
  readonly createTime: Date;
  readonly updateTime: Date;
}

interface Line {
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

export interface Rejection {
  /** A reason of the error catalogue. */
  readonly reason: string;
  readonly detail: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/** One step of an order's life, as its history keeps it. */
export interface Step {
  readonly status: Status;
  readonly event: EventName;
  readonly reason: string;
  /** A person's id, or `checkout`. */
  readonly actor: string;
}

/** A decision: the order as it is now, and the step that it took. */
export interface Change {
  readonly order: Order;
  readonly step: Step;
}

export interface Wanted {
  readonly id: string;
  readonly userId: string;
  readonly items: readonly { readonly productId: string; readonly quantity: number }[];
  readonly address: Address;
  readonly paymentMethod: string;
}

/** The most of one product in one order. */
const MAX_QUANTITY = 9_900;

export function place(wanted: Wanted, actor: string, at: Date): Change {
  const { items, ...rest } = wanted;
  const order: Order = {
    ...rest,
    status: "PENDING",
    lines: merge(items),
    totals: undefined,
    paymentId: undefined,
    rejection: undefined,
    sequence: 1,
    createTime: at,
    updateTime: at,
  };
  return {
    order,
    step: { status: "PENDING", event: eventOf(undefined, "PENDING"), reason: "", actor },
  };
}

export interface HeldLine {
  readonly productId: string;
  readonly merchantId: string;
  readonly name: string;
  readonly unitPrice: bigint;
  readonly currency: string;
}

/** The order at the prices of its reservation. No transition: it is as pending as before. */
export function hold(order: Order, held: readonly HeldLine[]): Order & { readonly totals: Totals } {
  const currencies = new Set(held.map(({ currency }) => currency));
  const [currency] = currencies;
  if (currencies.size !== 1 || currency === undefined) {
    throw new Fault("MIXED_CURRENCIES", `priced in ${[...currencies].sort().join(", ")}`);
  }
  const prices = new Map(held.map((line) => [line.productId, line]));
  const lines = order.lines.map((line): Line => {
    const price = prices.get(line.productId);
    if (!price) {
      throw new Error(`the reservation of order ${order.id} lacks ${line.productId}`);
    }
    const { merchantId, name, unitPrice } = price;
    return { ...line, merchantId, name, unitPrice };
  });
  return { ...order, lines, totals: totalsOf(currency, lines) };
}

export function confirm(order: Order, paymentId: string, at: Date): Change {
  return move({ ...order, paymentId }, "CONFIRMED", "", "checkout", at);
}

export function reject(order: Order, rejection: Rejection, at: Date): Change {
  return move({ ...order, rejection }, "REJECTED", rejection.reason, "checkout", at);
}

export function cancel(order: Order, reason: string, actor: string, at: Date): Change {
  return move(order, "CANCELLED", reason, actor, at);
}

function move(order: Order, to: Status, reason: string, actor: string, at: Date): Change {
  const event = eventOf(order.status, to);
  return {
    order: { ...order, status: to, sequence: order.sequence + 1, updateTime: at },
    step: { status: to, event, reason, actor },
  };
}

/** A product that stands twice is one line, where it stood first. */
function merge(items: Wanted["items"]): Line[] {
  const lines = new Map<string, Line>();
  for (const [index, { productId, quantity }] of items.entries()) {
    const sum = (lines.get(productId)?.quantity ?? 0) + quantity;
    if (sum > MAX_QUANTITY) {
      throw invalidField(`items[${index}].quantity`, `more than ${MAX_QUANTITY} of one product`);
    }
    lines.set(productId, {
      productId,
      quantity: sum,
      returnedQuantity: 0,
      merchantId: "",
      name: "",
      unitPrice: 0n,
    });
  }
  return [...lines.values()];
}
