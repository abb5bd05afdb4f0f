/** What is done to orders that were placed: read, cancelled, refunded, shipped, delivered, returned. */
import type { Attempted, Client } from "./client.ts";
import type { Op } from "./history.ts";
import type { Request } from "./http.ts";
import type { Placed } from "./placing.ts";
import type { Random } from "./random.ts";
import type { Shop } from "./shop.ts";

export type ChangeOp = Exclude<Op, "place" | "repeat" | "twin" | "restock">;

/** Of the newest orders only: those that can still become something. */
const NEWEST = 12;
const PART_OF_CHARGE = 0.7;

export function changing(options: {
  readonly shop: Shop;
  readonly random: Random;
  readonly token: string;
  readonly client: Client;
}) {
  const { shop, random, token, client } = options;

  return async (op: ChangeOp, orders: readonly Placed[], key: string): Promise<void> => {
    const order = random.pick(orders.slice(-NEWEST));
    const { id, lines } = order;
    const tell = (whose: string, what: string, body: object) =>
      client.untilKnown({ op, key, orderId: id, request: change(whose, id, what, body) });
    switch (op) {
      case "get":
        await client.untilKnown({
          op,
          key: "",
          orderId: id,
          request: { method: "GET", path: `/api/v1/orders/${id}`, token },
        });
        return;
      case "cancel":
        await tell(token, "cancel", { reason: "changed my mind" });
        return;
      case "ship":
        await tell(shop.support, "ship", { carrier: "UPS", trackingNumber: key });
        return;
      case "deliver":
        await tell(shop.support, "deliver", {});
        return;
      case "return": {
        const { product: productId, quantity } = random.pick(lines);
        const items = [{ productId, quantity: random.between(1, quantity) }];
        await tell(token, "return", { items, reason: "too small" });
        return;
      }
      default:
        await refund(order, key);
    }
  };

  /** By support: a part of an order's charge, or all that is left of it. */
  async function refund({ id, total, currency }: Placed, key: string): Promise<void> {
    const isPart = random.next() < PART_OF_CHARGE;
    const amount = isPart ? random.between(1, Math.max(1, Number(total))) : 0;
    const found = await client.untilKnown({
      op: "get",
      key: "",
      request: { method: "GET", path: `/api/v1/orders/${id}/payments`, token: shop.support },
    });
    const paymentId = found.body?.payments?.[0]?.id;
    if (!paymentId) {
      return;
    }
    const wish: Attempted = {
      op: "refund",
      key,
      orderId: id,
      amount,
      request: {
        method: "POST",
        path: `/api/v1/payments/${paymentId}:refund`,
        token: shop.support,
        body: {
          reason: "a scratch",
          ...(isPart && { amount: { currencyCode: currency, amount: String(amount) } }),
        },
      },
    };
    await client.untilKnown(wish);
  }
}

function change(token: string, id: string, what: string, body: object): Request {
  return { method: "POST", path: `/api/v1/orders/${id}:${what}`, token, body };
}
