/** The product service's sweeper. */
import { Order_Status } from "#gen/tradepost/order/v1/order.ts";
import { resolve } from "../../services/product/stock/resolving.ts";
import { breaks } from "./breaks.ts";
import { commit, HELD, release } from "./product.ts";
import type { Scene } from "./steps.ts";
import { STATUSES } from "./world.ts";

/** Asks of a reservation of any age, and does something about it whenever it gets to it. */
export function sweep({ setup, order, step }: Scene): void {
  if (!setup.can.has("sweep")) {
    return;
  }
  if (order.verdict === 0 && order.reservation === HELD) {
    const name = STATUSES[order.status] ?? "PENDING";
    const { sold, over, unknown } = resolve(["o"], [{ id: "o", status: Order_Status[name] }]);
    const isGuess = breaks("sweeper-guesses") && name === "PENDING";
    const verdict = sold[0] ? 1 : over[0] || isGuess ? 2 : unknown[0] ? 3 : 0;
    if (verdict > 0) {
      step(`sweeper: is told ${name}`, (order) => {
        order.verdict = verdict;
      });
    }
  }
  if (order.verdict > 0) {
    step("sweeper: acts", (order, world) => {
      if (order.verdict === 1) {
        commit(order, world, setup.quantity);
      } else {
        release(order, world, setup.quantity, order.verdict === 3 ? "held" : undefined);
      }
      order.verdict = 0;
    });
  }
}
