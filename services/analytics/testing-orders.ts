/** For tests only: the events of one order's life. */
import { OrderEvent } from "#gen/tradepost/order/v1/events.ts";
import { PaymentEvent } from "#gen/tradepost/payment/v1/events.ts";
import { recordOf, type Told } from "#kit/testing-intake.ts";

interface Item {
  readonly productId: string;
  readonly merchantId: string;
  readonly name?: string;
  readonly quantity: number;
  readonly subtotal: bigint;
}

export interface Placed {
  readonly orderId: string;
  readonly userId: string;
  readonly items: readonly Item[];
  readonly currency?: string;
}

/** Shipping costs 499 on top of the items, and is the shop's own. */
const SHIPPING = 499n;

export function lifeOf({ orderId, userId, items, currency = "USD" }: Placed) {
  const money = (amount: bigint) => ({ currencyCode: currency, amount });
  const total = items.reduce((sum, { subtotal }) => sum + subtotal, SHIPPING);
  const merchants = [...new Set(items.map(({ merchantId }) => merchantId))];
  const priced = (back: readonly string[] = []) =>
    items.map(({ subtotal, quantity, ...item }) => ({
      ...item,
      quantity,
      subtotal: money(subtotal),
      returnedQuantity: back.includes(item.merchantId) ? quantity : 0,
    }));
  const event = (time: Date, $case: string, value: object, more: object = {}): Told => ({
    ...recordOf(OrderEvent, orderId, {
      orderId,
      userId,
      items: priced(),
      total: money(total),
      fact: { $case, value },
      ...more,
    }),
    time,
  });
  const all = (some: readonly string[]) => some.length === merchants.length;
  return {
    /** Nobody knows yet whose the goods are, nor what they cost. */
    placed(time: Date): Told {
      const unpriced = items.map(({ productId, quantity }) => ({ productId, quantity }));
      return event(time, "placed", {}, { items: unpriced, total: undefined });
    },
    confirmed: (time: Date) => event(time, "confirmed", { paymentId: `pay-${orderId}` }),
    cancelled: (time: Date) => event(time, "cancelled", { reason: "changed" }),
    /** By the last of `some`, if they are all. */
    shipped: (time: Date, some = merchants) =>
      event(time, all(some) ? "shipped" : "partShipped", {
        consignments: some.map((merchantId) => ({ merchantId, carrier: "DHL" })),
      }),
    delivered: (time: Date, some = merchants) =>
      event(time, all(some) ? "delivered" : "partDelivered", { merchantIds: some }),
    returned: (time: Date, some = merchants) =>
      event(time, all(some) ? "returned" : "itemsReturned", {}, { items: priced(some) }),
    paid(time: Date): Told {
      const shares = items.map(({ merchantId, subtotal }) => ({
        merchantId,
        amount: money(subtotal),
      }));
      const told = recordOf(PaymentEvent, `pay-${orderId}`, {
        orderId,
        amount: money(total),
        fact: {
          $case: "succeeded",
          value: { shares: [...shares, { merchantId: "", amount: money(SHIPPING) }] },
        },
      });
      return { ...told, time };
    },
  };
}
