/** The product service: reservations, settled, released, returned, and swept. */
import type { Fault } from "#kit/errors.ts";
import { resultOf } from "../../services/order/following.ts";
import type { Result } from "../../services/order/saga-rules.ts";
import { closed, decide, heldLines } from "../../services/product/stock/stock.ts";
import { breaks } from "./breaks.ts";
import { deedOf, hear } from "./following.ts";
import { afterCommit, afterRelease, mayHoldStock, mayReturn } from "./guards.ts";
import { CALL, RETURN_CALL, remembered, type Scene } from "./steps.ts";
import { type OrderWorld, RESERVATIONS, type World } from "./world.ts";

export const HELD = RESERVATIONS.indexOf("held");
const COMMITTED = RESERVATIONS.indexOf("committed");
const RELEASED = RESERVATIONS.indexOf("released");

const GOODS = 2;

/** Calls that may arrive now, for the first time or again. */
export function serveStock(scene: Scene): void {
  const { quantity } = scene.setup;
  arrive(scene, "reserve", CALL.reserve, ["reserve"], (order, world) =>
    reserve(order, world, quantity),
  );
  arrive(scene, "release", CALL.release, ["undo"], (order, world) => {
    release(order, world, quantity);
    return undefined;
  });
  arrive(scene, "commit", CALL.commit, ["settle"], (order, world) => {
    commit(order, world, quantity);
    return undefined;
  });
  for (const number of [1, 2] as const) {
    const bit = number === 1 ? RETURN_CALL.back1 : RETURN_CALL.back2;
    arrive(
      scene,
      `return ${number}`,
      bit,
      ["takeBack", "takeBackRest"],
      (order, world) => shelve(order, world, quantity, number),
      number,
    );
  }
}

/** `work` answers a refusal, if it refuses. Nobody hears the answer, or one of those who wait for it. */
function arrive(
  { setup, order, step }: Scene,
  name: string,
  bit: number,
  deeds: readonly string[],
  work: (order: OrderWorld, world: World) => Fault | undefined,
  back?: 1 | 2,
): void {
  const bag = back ? "returnCalls" : "calls";
  if (!(order[bag] & bit)) {
    return;
  }
  const serve = (order: OrderWorld, world: World) => {
    if (!setup.can.has("late")) {
      order[bag] &= ~bit;
    }
    return work(order, world);
  };
  step(`product: ${name}, nobody hears`, (order, world) => void serve(order, world));
  order.drivers.forEach((driver, index) => {
    const deed = deedOf(driver);
    const isMine = !back || driver.saga === back + 2;
    if (deed && deeds.includes(deed.do) && isMine && !(driver.got & GOODS)) {
      step(`product: ${name}, its driver hears`, (order, world) => {
        const fault = serve(order, world);
        const listener = order.drivers[index] as (typeof order.drivers)[number];
        hear(order, listener, GOODS, fault ? plain(resultOf(deed, fault)) : { is: "done" });
      });
    }
  });
}

/** A refusal by its reason only, so that there are few of them. */
export function plain(result: Result): Result {
  if (result.is === "unknown") {
    return { is: "unknown", error: "lost" };
  }
  return result.is === "refused"
    ? {
        is: "refused",
        rejection: { reason: result.rejection.reason, detail: "", metadata: {} },
      }
    : result;
}

const refusals = remembered<Fault | undefined>();

/** What the rules say of a wish: by the reservation that there is, or by what is on the shelf. */
function refusalOf(
  state: (typeof RESERVATIONS)[number],
  available: number,
  quantity: number,
): Fault | undefined {
  if (state === "none") {
    const wish = { orderId: "order", lines: [{ productId: "mug", quantity }] };
    const shelf = { productId: "mug", available: BigInt(available), currency: "USD" };
    return decide([wish], [shelf]).refused[0]?.fault;
  }
  try {
    heldLines({ orderId: "order", state, lines: [] });
    return undefined;
  } catch (fault) {
    return fault as Fault;
  }
}

function reserve(order: OrderWorld, world: World, quantity: number): Fault | undefined {
  const state = RESERVATIONS[order.reservation] ?? "none";
  const available = breaks("stock-read-then-write") ? quantity : world.available;
  const key = (order.reservation * 32 + available + 8) * 4 + quantity;
  const refusal = refusals(key, () => refusalOf(state, available, quantity));
  if (state === "none" && mayHoldStock(state, available, quantity) === (refusal !== undefined)) {
    throw new Error("the rule and the statement differ");
  }
  if (state !== "none" || refusal) {
    return refusal;
  }
  order.reservation = HELD;
  world.available -= quantity;
  world.reserved += quantity;
  return undefined;
}

export function commit(order: OrderWorld, world: World, quantity: number): void {
  const state = RESERVATIONS[order.reservation] ?? "none";
  if (breaks("commit-unheld") && state === "released") {
    order.reservation = COMMITTED;
    world.available -= quantity;
    world.sold += quantity;
    return;
  }
  if (afterCommit(state) !== state) {
    order.reservation = COMMITTED;
    world.reserved -= quantity;
    world.sold += quantity;
    world.told.push("stock sold");
  }
}

export function release(order: OrderWorld, world: World, quantity: number, only?: "held"): void {
  const state = RESERVATIONS[order.reservation] ?? "none";
  if (state === "none" && breaks("no-closed-reservation")) {
    return;
  }
  if (afterRelease(state, only) === "committed") {
    return;
  }
  if (state === "held") {
    world.reserved -= quantity;
    world.available += quantity;
  } else if (state === "committed") {
    const left = quantity - back(order);
    world.sold -= left;
    world.available += left;
    if (left > 0) {
      world.told.push("stock returned");
    }
  }
  order.reservation = RELEASED;
}

function back({ shelved }: OrderWorld): number {
  return (shelved & 1) + (shelved >> 1);
}

function shelve(order: OrderWorld, world: World, quantity: number, number: 1 | 2) {
  const state = () => RESERVATIONS[order.reservation] ?? "none";
  const isKnown = (order.shelved & number) !== 0 && !breaks("return-twice");
  let verdict = mayReturn(state(), isKnown, quantity - back(order), 1);
  if (verdict === "held") {
    commit(order, world, quantity);
    verdict = mayReturn(state(), isKnown, quantity - back(order), 1);
  }
  if (verdict === "due") {
    order.shelved |= number;
    world.sold -= 1;
    world.available += 1;
    world.told.push("stock return");
  }
  return verdict === "due" || verdict === "known" ? undefined : closed("order");
}
