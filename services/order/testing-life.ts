/** For tests only: an order service whose sagas are driven by hand, through every kind of trouble. */
import { AsyncLocalStorage } from "node:async_hooks";
import type { Drive, Saga } from "#kit/saga.ts";
import { toEvent } from "./events.ts";
import { openOrders } from "./opening.ts";
import { place } from "./order.ts";
import { aLostAnswer, anOrder, orderHouse } from "./testing.ts";

/**
 * What becomes of a driver's next call: nothing, its answer is lost, it never arrives, or its
 * process is paused before or after it took effect. Calls beyond the plan are fine.
 */
export type Fate = "fine" | "lost" | "down" | "paused before" | "paused after";

interface Plan {
  readonly fates: Fate[];
  /** Tells that the process is paused; ends when it wakes up. */
  pause(): Promise<void>;
}

const traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

type SagaRow = Omit<Saga, "giveUpAt">;

export async function lifeHouse() {
  const house = await orderHouse({ isDriven: false });
  const plans = new AsyncLocalStorage<Plan>();
  const asleep: { wake(): void; readonly ended: Promise<void> }[] = [];

  const fate = (now: "before" | "after") => async () => {
    const plan = plans.getStore();
    const next = plan?.fates[0];
    if (!plan || !next) {
      return;
    }
    if (next === `paused ${now}`) {
      plan.fates.shift();
      await plan.pause();
    } else if (now === "before" && next === "down") {
      plan.fates.shift();
      throw aLostAnswer();
    } else if (now === "after" && (next === "lost" || next === "fine")) {
      plan.fates.shift();
      if (next === "lost") {
        throw aLostAnswer();
      }
    }
  };
  house.others.before = fate("before");
  house.others.after = fate("after");

  const sagasOf = async (orderId: string): Promise<SagaRow[]> => {
    const { rows } = await house.db.query<SagaRow>(
      `update sagas set fence = fence + 1
        where id = $1 or state ->> 'orderId' = $1
       returning kind, id, step, state, attempts, fence, traceparent`,
      [orderId],
    );
    return rows;
  };

  /** As the kit's driver does it: a pause is written down, a failure is only the end of this try. */
  async function attempt(row: SagaRow, plan: Plan, personMs: number): Promise<void> {
    const kinds: Record<string, Drive<never>> = house.anotherProcess({ personMs });
    const saga = { ...row, giveUpAt: Date.now() + 60_000 } as Saga<never>;
    try {
      const pause = await plans.run(plan, () => kinds[row.kind]?.(saga));
      if (pause) {
        await house.db.query(
          "update sagas set step = $4 where kind = $1 and id = $2 and fence = $3",
          [row.kind, row.id, row.fence, pause.step],
        );
      }
    } catch {
      // Tried again by the next driver.
    }
  }

  return {
    ...house,
    async open(id: string, products: readonly string[], paymentMethod: string): Promise<void> {
      const items = products.map((productId) => ({ productId, quantity: 2 }));
      const address = anOrder.shippingAddress;
      const wanted = { id, userId: "buyer", items, address, paymentMethod };
      const change = place(wanted, "AUTOMATIC", "buyer", new Date());
      const event = toEvent(change, traceparent);
      const rest = { key: undefined, requestId: "", cartVersion: undefined };
      await openOrders(house.db, [{ ...change, event, ...rest }]);
    },
    /** A process takes an order's sagas over and drives each until it ends, fails or is paused. */
    async drive(orderId: string, fates: readonly Fate[], personMs = 900_000): Promise<void> {
      for (const row of await sagasOf(orderId)) {
        let wake = () => {};
        const woken = new Promise<void>((resolve) => {
          wake = resolve;
        });
        let ended: Promise<void> = woken;
        const paused = new Promise<void>((resolve) => {
          const pause = () => {
            resolve();
            return woken;
          };
          ended = attempt(row, { fates: [...fates], pause }, personMs);
        });
        asleep.push({ wake, ended });
        await Promise.race([ended, paused]);
      }
    },
    async isUnderWay(orderId: string): Promise<boolean> {
      const open = "select 1 from sagas where id = $1 or state ->> 'orderId' = $1";
      return (await house.db.query(open, [orderId])).rows.length > 0;
    },
    /** The process that was paused first goes on, whatever has happened meanwhile. */
    async wakeOne(): Promise<void> {
      const first = asleep.shift();
      first?.wake();
      await first?.ended;
    },
    async wakeAll(): Promise<void> {
      while (asleep.length > 0) {
        await this.wakeOne();
      }
    },
  };
}

export type LifeHouse = Awaited<ReturnType<typeof lifeHouse>>;
