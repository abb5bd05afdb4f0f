/** Processes that take an order's sagas, write their statements and make their calls. */
import {
  firstOf,
  type Kind,
  next,
  type Result,
  type Step,
} from "../../services/order/saga-rules.ts";
import { stepOf } from "../../services/order/transitions.ts";
import { breaks } from "./breaks.ts";
import { afterSilence, type Deed, deedOf, end, go, outcomes } from "./following.ts";
import { isOurs, isSeen, mayDecide } from "./guards.ts";
import { driverAt, type Scene } from "./steps.ts";
import { type Driver, idle, type OrderWorld, STATUSES, STEPS } from "./world.ts";

const KINDS: readonly Kind[] = ["checkout", "cancel", "return", "return"];
const BY_BUYER = { actor: "buyer", reason: "" };

/** Takes a saga whose lease has run out, whether its driver has died or is only paused. */
export function take(scene: Scene, index: number): void {
  const { order, step } = scene;
  order.rows.forEach((row, saga) => {
    const free = order.drivers.find((driver) => driver.saga === 0);
    if (row === 0 || free !== driverAt(order, index)) {
      return;
    }
    const kind = KINDS[saga] as Kind;
    const isWaiting = kind === "checkout" && STEPS[row] === "wait";
    for (const overdue of isWaiting ? [false, true] : [false]) {
      step(`a driver takes the ${kind}${overdue ? ", overdue" : ""}`, (order) => {
        const driver = driverAt(order, index);
        const fence = (order.fences[saga] ?? 0) + 1;
        order.fences[saga] = fence;
        Object.assign(driver, { saga: saga + 1, fence, seq: order.seq, got: 0 });
        const outcome = order.why > 0 ? outcomes.at(order.why) : undefined;
        const cancel = order.cancelAsked ? BY_BUYER : undefined;
        go(
          order,
          driver,
          firstOf({ kind, step: STEPS[row] as Step, outcome }, { overdue, cancel }),
        );
      });
    }
  });
}

/** Statements that a driver writes, and what becomes of one that waits for an answer. */
export function drive(scene: Scene, index: number): void {
  const { setup, order, step } = scene;
  const deed = deedOf(driverAt(order, index));
  if (!deed) {
    return;
  }
  if (isStatement(deed)) {
    step(`a driver writes: ${deed.do}`, (order, world) => {
      const driver = driverAt(order, index);
      go(order, driver, next(deed, write(order, driver, deed, world.told)));
    });
  } else if (setup.can.has("crash")) {
    step(`a driver does not hear of its ${deed.do}`, (order) => {
      const driver = driverAt(order, index);
      go(order, driver, afterSilence(order, driver, deed));
    });
  }
  if (setup.can.has("crash")) {
    step(`a driver dies at ${deed.do}`, (order) => idle(driverAt(order, index)));
  }
}

type Statement = Extract<Deed["do"], "await" | "confirm" | "close" | "look" | "turn" | "end">;

function isStatement(deed: Deed): deed is Extract<Deed, { do: Statement }> {
  return ["await", "confirm", "close", "look", "turn", "end"].includes(deed.do);
}

function write(order: OrderWorld, driver: Driver, deed: Deed, told: string[]): Result {
  const row = {
    status: STATUSES[order.status] ?? "PENDING",
    sequence: order.seq,
    cancelAsked: order.cancelAsked === 1,
    fence: order.rows[driver.saga - 1] === 0 ? undefined : (order.fences[driver.saga - 1] ?? 0),
  };
  const fence = breaks("no-fence") ? (row.fence ?? driver.fence) : driver.fence;
  switch (deed.do) {
    case "await":
    case "confirm":
    case "close": {
      const isRejected = deed.do === "close" && "rejection" in deed.outcome;
      const event =
        deed.do === "await"
          ? "OrderActionRequired"
          : deed.do === "confirm"
            ? "OrderConfirmed"
            : isRejected
              ? "OrderRejected"
              : "OrderCancelled";
      const { to } = stepOf("PENDING", event);
      if (!mayDecide(row, { to, sequence: driver.seq + 1, fence })) {
        return { is: "guarded" };
      }
      order.status = STATUSES.indexOf(to);
      order.seq += 1;
      order.rows[0] = STEPS.indexOf(
        deed.do === "await" ? "wait" : deed.do === "confirm" ? "settle" : "none",
      );
      told.push(`order ${event}`);
      return { is: "done" };
    }
    case "look": {
      const ours = isSeen(row, fence);
      driver.seq = ours ? order.seq : driver.seq;
      return { is: "seen", ours, cancel: ours && row.cancelAsked ? BY_BUYER : undefined };
    }
    case "turn":
      if (!isOurs(row, fence)) {
        return { is: "guarded" };
      }
      order.rows[0] = STEPS.indexOf("back");
      order.why = outcomes.of(deed.outcome);
      return { is: "done" };
    default:
      end(order, driver, fence);
      return { is: "done" };
  }
}
