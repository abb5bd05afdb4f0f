/**
 * The rules of taking goods back. Pure.
 *
 * What is refunded depends only on what is back, so that the order of returns never matters: each
 * line's part of what the goods cost (subtotal, discounts and tax, by largest remainder), in whole
 * units for a part of its pieces; all of the total, the shipping with it, once everything is back.
 */
import { Fault } from "#kit/errors.ts";
import { allocate } from "#kit/money.ts";
import { type Item, type Line, move, type Order, refuseDisputed } from "./order.ts";
import type { Change, Returned } from "./steps.ts";
import { lineSubtotal } from "./totals.ts";
import { stepOf } from "./transitions.ts";

export function takeBack(
  order: Order,
  wish: { readonly id: string; readonly items: readonly Item[]; readonly reason: string },
  actor: string,
  at: Date,
): Change & { readonly goods: Returned } {
  stepOf(order.status, "OrderItemsReturned");
  const wanted = sums(wish.items);
  checkWish(order, wanted);
  const lines = order.lines.map((line) => {
    const returnedQuantity = line.returnedQuantity + (wanted.get(line.productId) ?? 0);
    return { ...line, returnedQuantity };
  });
  refuseDisputed(order);
  const after = { ...order, lines };
  const goods: Returned = {
    id: wish.id,
    items: [...wanted].map(([productId, quantity]) => ({ productId, quantity })),
    amount: paidBack(after) - paidBack(order),
    shares: sharesBetween(order, after),
  };
  const event = isAllBack(lines) ? "OrderReturned" : "OrderItemsReturned";
  return { ...move(after, { event, goods }, wish.reason, actor, at), goods };
}

function checkWish({ id, lines }: Order, wanted: ReadonlyMap<string, number>): void {
  const bought = new Map(lines.map((line) => [line.productId, line]));
  for (const [productId, quantity] of wanted) {
    const line = bought.get(productId);
    if (!line) {
      throw new Fault("PRODUCT_NOT_FOUND", `order ${id} has no ${productId}`, {
        metadata: { productId, orderId: id },
      });
    }
    const left = line.quantity - line.returnedQuantity;
    if (quantity > left) {
      throw new Fault("WRONG_ORDER_STATE", `${productId}: ${quantity} to return, ${left} left`, {
        metadata: { productId, orderId: id },
      });
    }
  }
}

/** What has been refunded when the lines are as far back as they are here. */
export function paidBack({ lines, totals }: Pick<Order, "lines" | "totals">): bigint {
  if (!totals) {
    return 0n;
  }
  if (isAllBack(lines)) {
    return totals.total;
  }
  const weights = lines.map(lineSubtotal);
  const isFree = weights.every((weight) => weight === 0n);
  const parts = isFree ? [] : allocate(totals.total - totals.shipping, weights);
  return lines.reduce((sum, { quantity, returnedQuantity }, index) => {
    const part = parts[index] ?? 0n;
    return sum + (part * BigInt(returnedQuantity)) / BigInt(quantity);
  }, 0n);
}

/** A merchant gives back what it got; the rest is the shop's own. */
function sharesBetween(before: Order, after: Order): Map<string, bigint> {
  const shares = new Map<string, bigint>();
  for (const [index, line] of after.lines.entries()) {
    const pieces = line.returnedQuantity - (before.lines[index]?.returnedQuantity ?? 0);
    if (pieces > 0) {
      const share = lineSubtotal({ ...line, quantity: pieces });
      shares.set(line.merchantId, (shares.get(line.merchantId) ?? 0n) + share);
    }
  }
  const merchants = [...shares.values()].reduce((sum, share) => sum + share, 0n);
  const own = paidBack(after) - paidBack(before) - merchants;
  if (own !== 0n) {
    shares.set("", (shares.get("") ?? 0n) + own);
  }
  return shares;
}

function isAllBack(lines: readonly Line[]): boolean {
  return lines.every(({ quantity, returnedQuantity }) => returnedQuantity === quantity);
}

/** A product that stands twice counts with the sum. */
function sums(items: readonly Item[]): Map<string, number> {
  const wanted = new Map<string, number>();
  for (const { productId, quantity } of items) {
    wanted.set(productId, (wanted.get(productId) ?? 0) + quantity);
  }
  return wanted;
}
