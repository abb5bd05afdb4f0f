/** Who hears what the payment service answers. */
import type { Fault } from "#kit/errors.ts";
import { resultOf } from "../../services/order/following.ts";
import { deedOf, hear } from "./following.ts";
import { plain } from "./product.ts";
import { driverAt, type Scene } from "./steps.ts";
import type { OrderWorld } from "./world.ts";

type Said = Fault | "done" | "waits" | undefined;

export interface Listening {
  /** What those who listen are doing. */
  readonly deeds: readonly string[];
  /** Only the drivers of this row, counted from 1. */
  readonly saga: number | undefined;
  /** undefined: nothing that anybody could go by. */
  readonly said: Said;
}

const MONEY = 1;

/** Offers the answer to nobody, and to each of those who wait for it. `also` happens in any case. */
export function answered(
  { order, step }: Scene,
  { deeds, saga, said }: Listening,
  also: (order: OrderWorld) => void,
): void {
  step("payment: ends a call, nobody hears", also);
  if (said === undefined) {
    return;
  }
  if (deeds.includes("capture") && order.clerk === 1) {
    step("payment: answers the capture", (order) => {
      also(order);
      order.clerk = said === "done" ? 2 : 0;
    });
  }
  order.drivers.forEach((driver, index) => {
    const deed = deedOf(driver);
    const isHis = saga === undefined || driver.saga === saga;
    if (deed && deeds.includes(deed.do) && isHis && !(driver.got & MONEY)) {
      step(`payment: answers ${deed.do}: ${named(said)}`, (order) => {
        also(order);
        tell(order, index, said);
      });
    }
  });
}

function tell(order: OrderWorld, index: number, said: Exclude<Said, undefined>): void {
  const driver = driverAt(order, index);
  const deed = deedOf(driver);
  if (deed) {
    const result = typeof said === "string" ? ({ is: said } as const) : plain(resultOf(deed, said));
    hear(order, driver, MONEY, result);
  }
}

function named(said: Exclude<Said, undefined>): string {
  return typeof said === "string" ? said : said.reason;
}
