/** What analytics reads in an order's events. */
import type { OrderEvent } from "#gen/tradepost/order/v1/events.ts";
import type { Heard } from "#kit/subscription.ts";
import { type Buyer, monthOf } from "./cohorts.ts";
import { type Sales, salesOf } from "./sales.ts";
import type { Told } from "./stages.ts";
import { type Counted, NO_CURRENCY, type Part } from "./windows.ts";

type Heed = Heard<OrderEvent>;
type Item = OrderEvent["items"][number];

export function countedIn({ time, value }: Heed): Counted[] {
  const { fact, userId } = value;
  const currency = currencyOf(value);
  switch (fact?.$case) {
    case "confirmed":
      return [{ what: "confirmed", time, currency, userId, parts: partsOf(value) }];
    case "rejected":
    case "cancelled":
      return [{ what: fact.$case, time, currency, merchants: merchantsOf(value.items) }];
    default:
      return [];
  }
}

export function salesIn({ time, value }: Heed): Sales[] {
  if (value.fact?.$case !== "confirmed") {
    return [];
  }
  const lines = value.items.map(({ productId, merchantId, name, quantity, subtotal }) => ({
    productId,
    merchantId,
    name,
    units: quantity,
    subtotal: subtotal?.amount ?? 0n,
  }));
  return salesOf(lines, currencyOf(value), time);
}

export function buyersIn({ time, value }: Heed): Buyer[] {
  if (value.fact?.$case !== "confirmed") {
    return [];
  }
  const { userId } = value;
  const [month, currency] = [monthOf(time), currencyOf(value)];
  return partsOf(value).map(({ merchantId, total: amount }) => ({
    merchantId,
    userId,
    spent: [{ month, currency, amount }],
  }));
}

export function toldIn({ time, value }: Heed): Told {
  const { orderId, items, fact } = value;
  const told: Told = {
    orderId,
    placeTime: undefined,
    order: [],
    merchants: merchantsOf(items),
    goods: [],
    whose: [],
  };
  switch (fact?.$case) {
    case "placed":
      return { ...told, placeTime: time };
    case "confirmed":
    case "cancelled":
      return { ...told, order: [fact.$case] };
    case "partShipped":
    case "shipped": {
      const senders = fact.value.consignments.map(({ merchantId }) => merchantId);
      return { ...told, goods: ["shipped"], whose: whose(senders, fact.$case === "shipped") };
    }
    case "partDelivered":
    case "delivered": {
      const { merchantIds } = fact.value;
      return {
        ...told,
        goods: ["delivered"],
        whose: whose(merchantIds, fact.$case === "delivered"),
      };
    }
    case "itemsReturned":
    case "returned":
      return {
        ...told,
        goods: ["returned"],
        whose: whose(allBack(items), fact.$case === "returned"),
      };
    default:
      return told;
  }
}

/** The shop's whole, and what of it is each merchant's. */
function partsOf({ items, total }: OrderEvent): Part[] {
  const parts = new Map<string, { merchantId: string; units: number; total: bigint }>();
  const whole = { merchantId: "", units: 0, total: total?.amount ?? 0n };
  for (const { merchantId, quantity, subtotal } of items) {
    whole.units += quantity;
    if (merchantId === "") {
      continue;
    }
    const part = parts.get(merchantId) ?? { merchantId, units: 0, total: 0n };
    part.units += quantity;
    part.total += subtotal?.amount ?? 0n;
    parts.set(merchantId, part);
  }
  return [whole, ...parts.values()];
}

/** Merchants, and "" if that was the last of the order. */
function whose(merchantIds: readonly string[], isAll: boolean): string[] {
  return isAll ? ["", ...merchantIds] : merchantIds.filter(Boolean);
}

/** Merchants all of whose goods came back. */
function allBack(items: readonly Item[]): string[] {
  const isOut = (id: string) =>
    items.some((one) => one.merchantId === id && one.returnedQuantity < one.quantity);
  return merchantsOf(items).filter((id) => !isOut(id));
}

/** None where the items have no price yet: nobody knows then whose they are. */
function merchantsOf(items: readonly Item[]): string[] {
  return [...new Set(items.map(({ merchantId }) => merchantId))].filter(Boolean);
}

function currencyOf({ total }: OrderEvent): string {
  return total?.currencyCode ?? NO_CURRENCY;
}
