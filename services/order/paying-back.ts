/**
 * Money and stock on their way back: of a checkout that failed, of an order that was
 * cancelled, of goods that were returned. Done again it does nothing.
 */
import { within } from "#kit/client.ts";
import type { Db } from "#kit/db.ts";
import type { Drive, Saga } from "#kit/saga.ts";
import { type Deed, follow, pauseOf } from "./following.ts";
import type { Item } from "./order.ts";
import type { Payment, Product } from "./others.ts";
import { firstOf, type Result, type Step } from "./saga-rules.ts";
import { endSagas } from "./saga-store.ts";
import type { Returned } from "./steps.ts";

interface Others {
  readonly product: Product;
  readonly payment: Payment;
}

/** What a return's row carries; amounts are strings in the minor unit of `currency`. */
export interface ReturnState {
  readonly orderId: string;
  readonly currency: string;
  readonly amount: string;
  /** By merchant. */
  readonly shares: Readonly<Record<string, string>>;
  readonly items: readonly Item[];
}

/** Milliseconds; the payment service asks Stripe for at most 10,000. */
const REFUND_MS = 10_000;
const STOCK_MS = 2_000;

/** Drives the money and stock of orders that were cancelled back, or of goods that were returned. */
export function payBack({ db, ...others }: Others & { readonly db: Db }): {
  readonly cancel: Drive<unknown>;
  readonly return: Drive<ReturnState>;
} {
  async function cancelled(saga: Saga, deed: Deed): Promise<Result> {
    await (deed.do === "end" ? endSagas(db, [saga]) : giveBack(others, saga, "order cancelled"));
    return { is: "done" };
  }

  async function returned(saga: Saga<ReturnState>, deed: Deed): Promise<Result> {
    await (deed.do === "end"
      ? endSagas(db, [saga])
      : takeBack(others, saga, { onlyPart: deed.do === "takeBack" }));
    return { is: "done" };
  }

  const first = (kind: "cancel" | "return", { step }: Saga) =>
    firstOf({ kind, step: step as Step }, { overdue: false, cancel: undefined });
  return {
    cancel: async (saga) =>
      pauseOf(await follow(first("cancel", saga), (deed) => cancelled(saga, deed))),
    return: async (saga) =>
      pauseOf(await follow(first("return", saga), (deed) => returned(saga, deed))),
  };
}

/** What the others do not know of they will refuse from then on. */
export async function giveBack(
  { product, payment }: Others,
  saga: Saga,
  reason: string,
): Promise<void> {
  await both(
    payment.refund({ orderId: saga.id, reason }, within(saga, REFUND_MS)),
    product.releaseStock({ orderId: saga.id }, within(saga, STOCK_MS)),
  );
}

async function takeBack(
  { product, payment }: Others,
  saga: Saga<ReturnState>,
  { onlyPart }: { readonly onlyPart: boolean },
): Promise<void> {
  const { orderId, currency, amount, shares, items } = saga.state;
  const money = (minor: string) => ({ currencyCode: currency, amount: BigInt(minor) });
  const part = {
    key: saga.id,
    amount: money(amount),
    shares: Object.entries(shares).map(([merchantId, share]) => ({
      merchantId,
      amount: money(share),
    })),
  };
  const refund = { orderId, reason: "goods returned", ...(onlyPart && { part }) };
  await both(
    // What cost nothing is not refunded.
    amount === "0" ? undefined : payment.refund(refund, within(saga, REFUND_MS)),
    product.returnStock({ returnId: saga.id, orderId, lines: [...items] }, within(saga, STOCK_MS)),
  );
}

/** Neither is left running when the other has failed; money's failure says more. */
async function both(money: Promise<unknown> | undefined, stock: Promise<unknown>): Promise<void> {
  const results = await Promise.allSettled([money, stock]);
  const failed = results.find(({ status }) => status === "rejected");
  if (failed?.status === "rejected") {
    throw failed.reason;
  }
}

export function returnState(orderId: string, currency: string, goods: Returned): ReturnState {
  const shares = [...goods.shares].filter(([, share]) => share !== 0n);
  return {
    orderId,
    currency,
    amount: goods.amount.toString(),
    shares: Object.fromEntries(shares.map(([id, share]) => [id, share.toString()])),
    items: goods.items,
  };
}
