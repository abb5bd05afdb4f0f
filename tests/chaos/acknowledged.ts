/** I1 and I2: what the clients were told, held against what is there. */
import type { Evidence } from "../../infra/verify/evidence.ts";
import { type Counterexample, groupBy } from "../../infra/verify/invariant.ts";
import { TRANSITIONS } from "../../services/order/transitions.ts";
import type { Entry, Line } from "./history.ts";

const PLACING = new Set(["place", "twin", "repeat"]);

/** I1 */
export function* lostAcks(
  entries: readonly Entry[],
  { orders }: Pick<Evidence, "orders">,
): Iterable<Counterexample> {
  const byId = new Map(orders.map((order) => [order.id, order]));
  const placed = entries.filter(({ op, outcome }) => PLACING.has(op) && outcome !== undefined);
  for (const [key, all] of groupBy(placed, (entry) => entry.key)) {
    const acked = all.filter(({ outcome }) => outcome === "ok");
    const refused = all.filter(({ outcome }) => outcome === "fail");
    const digests = new Set(acked.map(({ digest }) => digest));
    const ids = new Set(acked.map(({ orderId }) => orderId));
    const reasons = new Set(refused.map(({ reason }) => reason));
    if (digests.size > 1) {
      yield { what: "a key was answered in two ways", key, orders: [...ids], attempts: brief(all) };
    }
    if (reasons.size > 1 || (acked.length > 0 && refused.length > 0)) {
      yield { what: "a key was answered in two ways", key, attempts: brief(all) };
    }
    for (const entry of acked.slice(0, 1)) {
      const order = byId.get(entry.orderId ?? "");
      if (!order) {
        yield { what: "an acknowledged order is not there", key, orderId: entry.orderId };
        continue;
      }
      const stored = order.items.map(({ productId: product, quantity }) => ({ product, quantity }));
      if (!same(stored, entry.lines) || !same(entry.told, entry.lines)) {
        const { lines: asked, told } = entry;
        yield { what: "an order has other lines", orderId: order.id, asked, told, stored };
      }
      const { total, currency } = order;
      if (entry.total && total && (entry.total !== total || entry.currency !== currency)) {
        yield { what: "an order has another total", orderId: order.id, told: entry.total, total };
      }
    }
  }
  yield* backwards(entries, byId);
}

/** Each client's view of each order, and the state at the end, only ever goes forward. */
function* backwards(
  entries: readonly Entry[],
  byId: ReadonlyMap<string, { readonly status: string }>,
): Iterable<Counterexample> {
  const reach = reachable();
  const told = entries.filter(({ op, orderId }) => op !== "repeat" && orderId);
  for (const [orderId, all] of groupBy(told, (entry) => entry.orderId ?? "")) {
    const lost = all.find(({ op, status }) => op === "get" && status === 404);
    const isAcked = all.some(({ op, outcome }) => PLACING.has(op) && outcome === "ok");
    if (lost && isAcked) {
      yield { what: "an acknowledged order is not found", orderId, at: lost.from };
    }
    const seen = all.filter(({ state, outcome }) => state && outcome === "ok");
    const ordered = [...seen].sort((a, b) => (a.to ?? 0) - (b.to ?? 0));
    const states = ordered.map(({ state }) => state ?? "");
    const final = byId.get(orderId)?.status;
    for (const [at, to] of [...states.slice(1), ...(final ? [final] : [])].entries()) {
      const from = states[at] ?? "";
      // A twin's two answers are told at once, in any order.
      const isTwin = ordered[at + 1]?.op === "twin";
      if (from !== "" && from !== to && !isTwin && !reach.get(from)?.has(to)) {
        yield { what: "a state went backwards", orderId, from, to, states, final };
      }
    }
  }
}

function reachable(): Map<string, Set<string>> {
  const reach = new Map<string, Set<string>>();
  const follow = (from: string): Set<string> => {
    const known = reach.get(from);
    if (known) {
      return known;
    }
    const all = new Set<string>();
    reach.set(from, all);
    for (const { to } of TRANSITIONS.filter((row) => row.from === from)) {
      all.add(to);
      for (const further of follow(to)) {
        all.add(further);
      }
    }
    return all;
  };
  for (const { to } of TRANSITIONS) {
    follow(to);
  }
  return reach;
}

/** I2 */
export function* phantoms(
  entries: readonly Entry[],
  { orders }: Pick<Evidence, "orders">,
): Iterable<Counterexample> {
  const placed = entries.filter(({ op }) => PLACING.has(op));
  const keys = groupBy(placed, ({ key }) => key);
  const refused = placed.filter(({ outcome }) => outcome === "fail");
  const refusedKeys = new Map(refused.map(({ key, reason }) => [key, reason]));
  for (const { id: orderId, idempotency_key: key, status } of orders) {
    if (key === null || !keys.has(key)) {
      yield { what: "an order that nobody asked for", orderId, key, status };
    } else if (refusedKeys.has(key) && status !== "REJECTED") {
      yield { what: "a refused order lives", orderId, key, status, reason: refusedKeys.get(key) };
    }
  }
}

/** Each acknowledged wish besides orders has its effect once; an unknown one at most once. */
export function* effectsOfWishes(
  entries: readonly Entry[],
  op: "restock" | "refund",
  done: number,
): Iterable<Counterexample> {
  const wishes = groupBy(
    entries.filter((entry) => entry.op === op),
    ({ key }) => key,
  );
  const all = [...wishes.values()];
  const known = all.filter((of) => of.some(({ outcome }) => outcome === "ok")).length;
  const open = all.filter((of) =>
    of.every(({ outcome }) => outcome !== "ok" && outcome !== "fail"),
  );
  if (done < known || done > known + open.length) {
    yield { what: `${op}s: done is not acknowledged`, known, open: open.length, done };
  }
}

function same(some: readonly Line[] | undefined, others: readonly Line[] | undefined): boolean {
  const text = (lines: readonly Line[] = []) =>
    lines
      .map(({ product, quantity }) => `${product} ${quantity}`)
      .sort()
      .join();
  return text(some) === text(others);
}

function brief(entries: readonly Entry[]) {
  return entries.map(({ op, attempt, from, to, status, reason, state, orderId }) => ({
    op,
    attempt,
    from,
    to,
    status,
    reason,
    state,
    orderId,
  }));
}
