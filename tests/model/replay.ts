/** Whether what was observed of an order is something that the model allows. */
import { type EventName, type Status, stepOf } from "../../services/order/transitions.ts";
import { encode } from "./codec.ts";
import { isAtRest } from "./invariants.ts";
import { type Seen, seenOf, setupOf } from "./observed.ts";
import { successors } from "./successors.ts";
import { opened, RESERVATIONS, type Setup, type World } from "./world.ts";

/** What a run saw of one order. Each list is one service's own, in the order of happening. */
export interface ObservedOrder {
  readonly orderId: string;
  /** The rows of `order_history`, or the order's events on `orders` without repeats. */
  readonly order: readonly { readonly sequence: number; readonly event: EventName }[];
  /** `orders.capture`: the money is only authorised until the goods are sent. */
  readonly isOnShipment: boolean;
  /** The order's events on `payments` without repeats, by their short names. */
  readonly payment: readonly { readonly sequence: number; readonly event: string }[];
  /** `reason` of the stock movements of any one of its products that name the order. */
  readonly stock: readonly string[];
  /** `reservations.state`; undefined: there is none. */
  readonly reservation: "held" | "committed" | "released" | undefined;
  /** Whether the run was quiet when it looked: then the end must be an end of the model's. */
  readonly isAtRest: boolean;
}

/** Where the observed leaves the model. */
export interface Divergence {
  readonly orderId: string;
  /** How much of each list some path of the model could tell. */
  readonly explained: { readonly order: number; readonly payment: number; readonly stock: number };
  readonly message: string;
}

/** What some path of the model could tell; `isWhole`: all of it, and its end too. */
interface Explained {
  readonly at: Divergence["explained"];
  readonly isWhole: boolean;
}

const NOTHING = { order: 0, payment: 0, stock: 0 };

const looked = new Map<string, Explained>();

/** Undefined: some path of the model tells exactly this. Same-looking orders are looked at once. */
export function replay(observed: ObservedOrder): Divergence | undefined {
  const { orderId } = observed;
  const illegal = wrongHistory(observed);
  if (illegal) {
    return { orderId, explained: NOTHING, message: illegal };
  }
  const seen = seenOf(observed);
  const key = JSON.stringify(seen);
  const explained = looked.get(key) ?? explain(seen);
  looked.set(key, explained);
  const { at, isWhole } = explained;
  if (isWhole) {
    return undefined;
  }
  const told = (["order", "payment", "stock"] as const).map(
    (list) => `${list} ${seen[list].slice(0, at[list]).join(", ")} | ${seen[list].slice(at[list])}`,
  );
  const end = `${seen.reservation}${seen.isAtRest ? ", at rest" : ""}`;
  return { orderId, explained: at, message: `no path tells this: ${told.join("; ")}; ${end}` };
}

/** Each step must be one of the table, with the numbers 1, 2, 3 … */
function wrongHistory({ order }: ObservedOrder): string | undefined {
  let status: Status | undefined;
  for (const [index, { sequence, event }] of order.entries()) {
    if (sequence !== index + 1) {
      return `step ${index + 1} has the number ${sequence}`;
    }
    try {
      status = stepOf(status, event).to;
    } catch {
      return `${event} of an order that is ${status}`;
    }
  }
  return undefined;
}

/** First without anything being lost or late, which is quick and enough for most. */
function explain(seen: Seen): Explained {
  const easy = search(seen, setupOf(seen, "easy"));
  return easy.isWhole ? easy : search(seen, setupOf(seen, "hard"));
}

/** Depth first through the states by those steps that tell nothing, or what comes next. */
function search(seen: Seen, setup: Setup): Explained {
  const start = { key: encode(opened(setup)), at: NOTHING };
  const open = [start];
  const known = new Set<string>([start.key]);
  let best = NOTHING;
  for (let node = open.pop(); node; node = open.pop()) {
    for (const { key, world } of successors(node.key, setup)) {
      const at = advance(node.at, world.told, seen);
      if (!at) {
        continue;
      }
      if (sum(at) > sum(best)) {
        best = at;
      }
      if (isEnd(world, at, seen)) {
        return { at, isWhole: true };
      }
      const place = `${key}${at.order},${at.payment},${at.stock}`;
      if (!known.has(place)) {
        known.add(place);
        open.push({ key, at });
      }
    }
  }
  return { at: best, isWhole: isEnd(opened(setup), NOTHING, seen) };
}

function sum({ order, payment, stock }: Divergence["explained"]): number {
  return order + payment + stock;
}

/** Undefined: the step tells what was not seen. */
function advance(
  from: Divergence["explained"],
  told: readonly string[],
  seen: Seen,
): Divergence["explained"] | undefined {
  const at = { ...from };
  for (const fact of told) {
    const [list, what] = fact.split(" ") as ["order" | "payment" | "stock", string];
    if (seen[list][at[list]] === what) {
      at[list] += 1;
    } else if (!isRepeat(list, what, seen[list][at[list] - 1])) {
      return undefined;
    }
  }
  return at;
}

/** How many refunds there are is not the model's to say, only that there are. */
function isRepeat(list: string, what: string, last: string | undefined): boolean {
  return (what === "refunded" && what === last) || (list === "stock" && what === "return");
}

function isEnd(world: World, at: Divergence["explained"], seen: Seen): boolean {
  const [order] = world.orders;
  return (
    at.order === seen.order.length &&
    at.payment === seen.payment.length &&
    at.stock === seen.stock.length &&
    RESERVATIONS[order?.reservation ?? 0] === seen.reservation &&
    (!seen.isAtRest || isAtRest(world))
  );
}
