/** The worlds that are explored. The small ones wholly, the large ones as far as is asked. */
import type { Break } from "./breaks.ts";
import type { Ability, Setup } from "./world.ts";

function world(name: string, given: Partial<Setup>, ...can: Ability[]): Setup {
  const few = { orders: 1, units: 2, quantity: 2, drivers: 1, handlers: 1, returns: 0 } as const;
  return { name, ...few, ...given, can: new Set<Ability>(["crash", "late", ...can]) };
}

/** Each of these ends: all of its states are seen, and from each a way leads to rest. */
export const SMALL: readonly Setup[] = [
  world("checkout", {}, "cancel", "person", "decline", "sweep"),
  world("two drivers", { drivers: 2 }, "cancel", "decline"),
  world("two calls at once", { handlers: 2 }, "cancel"),
  world("captured on shipment", {}, "cancel", "ship", "onShipment"),
  world("goods come back", { returns: 1 }, "ship", "refundByHand"),
];

export const LARGE: readonly Setup[] = [
  world(
    "one order",
    { drivers: 2, handlers: 2 },
    "cancel",
    "person",
    "decline",
    "sweep",
    "ship",
    "twoIntents",
  ),
  world(
    "one order, captured on shipment",
    { drivers: 2, handlers: 2 },
    "cancel",
    "person",
    "ship",
    "onShipment",
    "sweep",
  ),
  world("one order, returned", { drivers: 2, returns: 2 }, "cancel", "ship", "refundByHand"),
  world(
    "two orders, the last unit",
    { orders: 2, units: 1, quantity: 1 },
    "cancel",
    "decline",
    "sweep",
  ),
];

const NAMED = new Map([...SMALL, ...LARGE].map((setup) => [setup.name, setup]));

function named(name: string): Setup {
  return NAMED.get(name) as Setup;
}

/** Where a mistake is found soonest. */
export const SMALLEST_FOR: Readonly<Record<Break, Setup>> = {
  "no-fence": named("two drivers"),
  "unknown-is-refusal": named("checkout"),
  "undo-is-dropped": named("checkout"),
  "no-closed-reservation": world(
    "two orders, one cancelled",
    { orders: 2, units: 1, quantity: 1 },
    "cancel",
  ),
  "confirm-unstored": world("two intents", { handlers: 2 }, "twoIntents"),
  "end-is-rewritten": named("two calls at once"),
  "refund-without-cap": named("one order, returned"),
  "sweeper-guesses": named("checkout"),
  "commit-unheld": named("checkout"),
  "stock-read-then-write": named("two orders, the last unit"),
  "cancel-unguarded": named("captured on shipment"),
  "return-twice": named("goods come back"),
};
