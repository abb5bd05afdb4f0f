/** Whoever cancels, ships, delivers and returns. */
import { breaks } from "./breaks.ts";
import { mayAskCancel, mayMove } from "./guards.ts";
import { type Act, moved } from "./orders.ts";
import { CALL, type Scene } from "./steps.ts";
import { type OrderWorld, STATUSES, STEPS, type World } from "./world.ts";

const BACK = STEPS.indexOf("back");

export function act(scene: Scene): void {
  const { setup, order, step } = scene;
  const { can, quantity } = setup;
  const status = STATUSES[order.status] ?? "PENDING";
  if (can.has("cancel")) {
    if (mayAskCancel({ status }) && !order.cancelAsked) {
      step("buyer: asks to cancel", (order) => {
        order.cancelAsked = 1;
      });
    }
    const blind = breaks("cancel-unguarded") && status === "SHIPPED";
    if (
      moved("cancel", blind ? { ...order, status: 1 } : order, quantity) &&
      status !== "PENDING"
    ) {
      step("buyer: cancels", (order, world) => {
        move(order, world, "cancel", quantity, blind);
        order.rows[1] = BACK;
        order.fences[1] = 1;
      });
    }
  }
  if (can.has("ship")) {
    ship(scene);
    if (moved("deliver", order, quantity)) {
      step("merchant: delivers", (order, world) => move(order, world, "deliver", quantity));
    }
  }
  if (order.returned < setup.returns && moved("return", order, quantity)) {
    step("buyer: returns a unit", (order, world) => {
      move(order, world, "return", quantity);
      order.returned += 1;
      order.rows[1 + order.returned] = BACK;
      order.fences[1 + order.returned] = 1;
    });
  }
}

function ship({ setup, order, step }: Scene): void {
  if (order.clerk > 0 && setup.can.has("crash")) {
    step("merchant: does not hear of the capture", (order) => {
      order.clerk = 0;
    });
  }
  const { quantity } = setup;
  if (!moved("ship", order, quantity)) {
    return;
  }
  const isTaken = !setup.can.has("onShipment") || order.clerk === 2;
  if (isTaken) {
    step("merchant: ships", (order, world) => {
      move(order, world, "ship", quantity);
      order.clerk = 0;
    });
  } else if (order.clerk === 0) {
    step("merchant: has the money taken", (order) => {
      order.clerk = 1;
      order.calls |= CALL.capture;
    });
  }
}

/** Under the order's lock, so the order is as it was seen. */
function move(order: OrderWorld, world: World, what: Act, quantity: number, blind = false): void {
  const after = moved(what, blind ? { ...order, status: 1 } : order, quantity);
  if (!after || !mayMove({ sequence: order.seq }, order.seq)) {
    throw new Error(`${what} was allowed and is not`);
  }
  order.status = after.status;
  order.seq += 1;
  world.told.push(`order ${after.event}`);
}
