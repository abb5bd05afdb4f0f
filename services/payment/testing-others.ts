// For tests only: the order service, Stripe's dashboard, and a buyer's bank.
import assert from "node:assert/strict";
import { Order_Status, type OrderState } from "#gen/tradepost/order/v1/order.ts";
import type { Orders } from "./reconcile-orders.ts";

export const usd = (amount: bigint) => ({ currencyCode: "USD", amount });

/** Orders that nobody told anything of are CONFIRMED, at what `chargeOf` charges. */
export function testOrders() {
  const states = new Map<string, Partial<OrderState> | "none">();
  const usual = { status: Order_Status.CONFIRMED, total: usd(1_000n) };
  const orders: Orders = {
    async batchGetOrderStates({ ids = [] }) {
      const known = ids.filter((id) => states.get(id) !== "none");
      return { orders: known.map((id) => ({ id, ...usual, ...(states.get(id) as object) })) };
    },
  };
  return { ...orders, states };
}

/** What is done at the sandbox behind the service's back. */
export interface Behind {
  /** A buyer's bank: disputes the charge of an intent, or decides a dispute. */
  bank(id: string, wishes?: BankWishes): Promise<Made>;
  /** As Stripe's dashboard would. */
  behind(path: string, form: Record<string, string>): Promise<Made>;
  asked(path: string): Promise<object>;
}

interface Made {
  readonly id: string;
}

interface BankWishes {
  readonly outcome?: "won" | "lost";
  readonly amount?: number;
  readonly inquiry?: true;
}

export function behindItsBack(url: string, secretKey: string): Behind {
  const headers = { authorization: `Bearer ${secretKey}` };
  async function answered(answer: Response): Promise<Made> {
    assert.equal(answer.status, 200, await answer.clone().text());
    return (await answer.json()) as Made;
  }
  return {
    async bank(id, wishes = {}) {
      const body = JSON.stringify(wishes);
      return answered(await fetch(`${url}/_disputes/${id}`, { method: "POST", body }));
    },
    async behind(path, form) {
      const body = new URLSearchParams(form);
      return answered(await fetch(`${url}${path}`, { method: "POST", headers, body }));
    },
    asked: async (path) => answered(await fetch(url + path, { headers })),
  };
}
