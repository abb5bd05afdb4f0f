/** For tests only: what can be done to orders, and what a small model of the table says of it. */
import assert from "node:assert/strict";
import type fc from "fast-check";
import { Fault } from "#kit/errors.ts";
import { uuidv7 } from "#kit/uuid.ts";
import { requestCancel } from "./cancelling-store.ts";
import { sayDispute } from "./testing-disputes.ts";
import type { Fate, LifeHouse } from "./testing-life.ts";
import { checkStory } from "./testing-life-checks.ts";
import type { Status } from "./transitions.ts";

/** An order as small as what can be done to it depends on. */
export interface Known {
  readonly id: string;
  readonly merchants: readonly string[];
  status: Status;
  readonly sent: Set<string>;
  readonly arrived: Set<string>;
  /** Pieces that are not back, by product. */
  readonly left: Map<string, number>;
  isDisputed: boolean;
}

export interface Model {
  readonly orders: Known[];
}

type Client = Awaited<ReturnType<LifeHouse["as"]>>;

interface Real {
  readonly house: LifeHouse;
  readonly buyer: Client;
  /** By whose goods they move. */
  readonly movers: Readonly<Record<string, Client>>;
}

type Command = fc.AsyncCommand<Model, Real>;

/** So few orders that much happens to each. */
export const MANY = 4;

const parcel = { carrier: "UPS", trackingNumber: "1Z" };
export const products = ["mug", "cup-of-m2"];

/** A command about one of the orders that there are. */
function about(
  name: string,
  pick: number,
  run: (order: Known, real: Real) => Promise<void>,
): Command {
  return {
    check: ({ orders }) => orders.length > 0,
    async run({ orders }, real) {
      const order = orders[pick % orders.length] as Known;
      await run(order, real);
      const { status } = await checkStory(real.house, order.id);
      assert.equal(status, order.status);
    },
    toString: () => `${name}(#${pick})`,
  };
}

/** What the model says is what the service does; else it refuses, and nothing has changed. */
async function agrees(expected: boolean, call: Promise<unknown>, effect: () => void) {
  const error = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  assert.equal(error === undefined, expected, String(error));
  assert.ok(error === undefined || (error instanceof Fault && error.reason !== "INTERNAL"));
  if (expected) {
    effect();
  }
}

export function place(paymentMethod: string, merchants: number): Command {
  return {
    check: ({ orders }) => orders.length < MANY,
    async run({ orders }, { house }) {
      const id = uuidv7();
      const bought = products.slice(0, merchants);
      await house.open(id, bought, paymentMethod);
      orders.push({
        id,
        merchants: ["m1", "m2"].slice(0, merchants),
        status: "PENDING",
        sent: new Set(),
        arrived: new Set(),
        left: new Map(bought.map((productId) => [productId, 2])),
        isDisputed: false,
      });
    },
    toString: () => `place(${paymentMethod}, ${merchants})`,
  };
}

export const ship = (pick: number, who: string) =>
  about(`ship by ${who}`, pick, async (order, { movers }) => {
    const open = whose(order, who).filter((id) => !order.sent.has(id));
    const call = movers[who]?.shipOrder({ id: order.id, ...parcel });
    await agrees(order.status === "CONFIRMED" && open.length > 0, call as Promise<unknown>, () => {
      for (const id of open) {
        order.sent.add(id);
      }
      order.status = order.sent.size === order.merchants.length ? "SHIPPED" : "CONFIRMED";
    });
  });

export const deliver = (pick: number, who: string) =>
  about(`deliver by ${who}`, pick, async (order, { movers }) => {
    const open = whose(order, who).filter((id) => order.sent.has(id) && !order.arrived.has(id));
    const isOnItsWay = order.status === "CONFIRMED" || order.status === "SHIPPED";
    const call = movers[who]?.deliverOrder({ id: order.id });
    await agrees(isOnItsWay && open.length > 0, call as Promise<unknown>, () => {
      for (const id of open) {
        order.arrived.add(id);
      }
      const isAll = order.arrived.size === order.merchants.length;
      order.status = isAll ? "DELIVERED" : order.status;
    });
  });

const whose = ({ merchants }: Known, who: string) =>
  merchants.filter((id) => who === "support" || who === id);

export const giveBack = (pick: number, productId: string, quantity: number) =>
  about(`return ${quantity} ${productId}`, pick, async (order, { buyer }) => {
    const left = order.left.get(productId) ?? 0;
    const isFine = order.status === "DELIVERED" && quantity <= left && !order.isDisputed;
    const call = buyer.returnOrder({ id: order.id, items: [{ productId, quantity }] });
    await agrees(isFine, call, () => {
      order.left.set(productId, left - quantity);
      const isAll = [...order.left.values()].every((pieces) => pieces === 0);
      order.status = isAll ? "RETURNED" : "DELIVERED";
    });
  });

export const cancel = (pick: number) =>
  about("cancel", pick, async (order, { house, buyer }) => {
    const { id, status } = order;
    if (status === "PENDING") {
      // The rpc would wait for the checkout, which goes on only where a command says so.
      assert.ok(await requestCancel(house.db, id, { actor: "buyer", reason: "" }));
      return;
    }
    const isFine = status === "CONFIRMED" && order.sent.size === 0 && !order.isDisputed;
    await agrees(isFine, buyer.cancelOrder({ id }), () => {
      order.status = "CANCELLED";
    });
  });

export const doubt = (pick: number) =>
  about("doubt", pick, async (order, { house }) => {
    const payment = house.others.payments.get(order.id);
    if (payment?.status !== "succeeded") {
      return;
    }
    order.isDisputed = !order.isDisputed;
    await sayDispute(house, order.id, order.isDisputed ? "open" : "lost");
  });

export const complete = (pick: number) =>
  about("complete", pick, async ({ id }, { house }) => {
    const payment = house.others.payments.get(id);
    if (payment?.status === "requires_action") {
      payment.status = "succeeded";
    }
  });

/** What a driver makes of an order is its own; only a pending one may become something else. */
export const drive = (pick: number, fates: readonly Fate[], isLate: boolean) =>
  about(`drive ${isLate ? "late" : ""} ${fates}`, pick, async (order, { house }) => {
    await house.drive(order.id, fates, isLate ? 0 : undefined);
    await learn(house, [order]);
  });

export const wake = (): Command => ({
  check: () => true,
  async run({ orders }, { house }) {
    await house.wakeOne();
    await learn(house, orders);
  },
  toString: () => "wake",
});

async function learn(house: LifeHouse, orders: readonly Known[]): Promise<void> {
  for (const order of orders) {
    const { status } = await checkStory(house, order.id);
    assert.ok(status === order.status || order.status === "PENDING", `${order.status} → ${status}`);
    order.status = status;
  }
}
