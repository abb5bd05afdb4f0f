/** For tests only: the product service as it promises to be, in memory. */
import {
  Product_Status,
  type Product as ProductMessage,
} from "#gen/tradepost/product/v1/product.ts";
import { Fault } from "#kit/errors.ts";
import type { Product } from "./others.ts";
import { did, type Played } from "./testing-played.ts";

/** Products `…-of-m2` are of merchant m2; others of m1. */
const merchantOf = (productId: string) => productId.split("-of-")[1] ?? "m1";

export function playedProduct(played: Played): Product {
  const { reservations, returned } = played;
  const returns = new Set<string>();
  return {
    batchGetProducts: ({ ids = [] }) =>
      did(played, "prices", ids.join(","), () => ({
        products: ids.filter((id) => id !== "nothing").map((id) => aProduct(id, played.stock)),
      })),
    reserveStock: ({ orderId = "", lines = [] }) =>
      did(played, "reserve", orderId, () => {
        if (reservations.get(orderId) === "closed") {
          throw new Fault("RESERVATION_CLOSED", orderId);
        }
        reservations.set(orderId, reservations.get(orderId) ?? "held");
        return {
          lines: lines.map(({ productId = "", quantity = 0 }) => ({
            productId,
            merchantId: merchantOf(productId),
            name: `The ${productId}`,
            quantity,
            unitPrice: { currencyCode: "USD", amount: 1_000n },
          })),
        };
      }),
    async commitStock({ orderIds = [] }) {
      const commit = (id: string) => () => {
        if (reservations.get(id) === "held") {
          reservations.set(id, "sold");
        }
      };
      await Promise.all(orderIds.map((id) => did(played, "commit", id, commit(id))));
      return {};
    },
    releaseStock: ({ orderId = "" }) =>
      did(played, "release", orderId, () => {
        reservations.set(orderId, "closed");
        return {};
      }),
    returnStock: ({ orderId = "", returnId = "", lines = [] }) =>
      did(played, "return", orderId, () => {
        if (!returns.has(returnId)) {
          const pieces = lines.reduce((sum, { quantity = 0 }) => sum + quantity, 0);
          returned.set(orderId, (returned.get(orderId) ?? 0) + pieces);
        }
        returns.add(returnId);
        return {};
      }),
  };
}

/** At the price that a reservation says; `euro-…` is priced in EUR, `old-…` not sold any more. */
const aProduct = (id: string, stock: number): ProductMessage => ({
  id,
  merchantId: "m1",
  sku: id,
  name: `The ${id}`,
  description: "",
  price: { currencyCode: id.startsWith("euro-") ? "EUR" : "USD", amount: 1_000n },
  categories: [],
  attributes: {},
  stock,
  status: id.startsWith("old-") ? Product_Status.ARCHIVED : Product_Status.ACTIVE,
  createTime: undefined,
  updateTime: undefined,
  etag: "1-1",
});
