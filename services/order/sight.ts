/** Who sees what of which orders. Pure. */
import { type Caller, hasRole } from "#kit/call.ts";
import { Fault } from "#kit/errors.ts";
import type { Order } from "./order.ts";
import { lineSubtotal } from "./totals.ts";

/** Everybody's orders; or one's own, and for a merchant also those that have lines of its own. */
export type Sight = "all" | { readonly userId: string; readonly isMerchant?: boolean };

export function sightOf(caller: Caller): Sight {
  if (hasRole(caller, "SUPPORT", "ADMIN")) {
    return "all";
  }
  return { userId: caller.userId, isMerchant: hasRole(caller, "MERCHANT") };
}

/** What the SQL asks by: the buyer, and the merchant; null: whoever, and nobody. */
export function asked(sight: Sight): [userId: string | null, merchantId: string | null] {
  return sight === "all" ? [null, null] : [sight.userId, sight.isMerchant ? sight.userId : null];
}

/** As much of an order as is to be seen: a merchant sees its own lines and shipment only. */
export function reduced(order: Order, sight: Sight): Order {
  if (sight === "all" || sight.userId === order.userId) {
    return order;
  }
  const isOwn = ({ merchantId }: { readonly merchantId: string }) => merchantId === sight.userId;
  const lines = order.lines.filter(isOwn);
  const subtotal = lines.reduce((sum, line) => sum + lineSubtotal(line), 0n);
  return {
    ...order,
    lines,
    totals: order.totals && {
      currency: order.totals.currency,
      subtotal,
      discounts: 0n,
      shipping: 0n,
      tax: 0n,
      total: subtotal,
    },
    shipments: order.shipments.filter(isOwn),
    nextAction: undefined,
    rejection: undefined,
  };
}

/** NOT_OWNER for a merchant that sees the order of another: it may ship it, no more. */
export function mustBuy(order: Order, sight: Sight): void {
  if (sight !== "all" && sight.userId !== order.userId) {
    throw new Fault("NOT_OWNER", `order ${order.id} is somebody else's`);
  }
}
