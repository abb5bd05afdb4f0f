// The domain's words as the contract's messages, and back.

import type { Money } from "#gen/tradepost/common/v1/money.ts";
import type { Product as ProductMessage } from "#gen/tradepost/product/v1/product.ts";
import { Product_Status, type ProductChanges } from "#gen/tradepost/product/v1/product.ts";
import { invalidField } from "#kit/errors.ts";
import { meantBy } from "#kit/update-mask.ts";
import type { Draft, Price, Product } from "./product.ts";
import type { Listed } from "./rows.ts";

const STATUS = {
  active: Product_Status.ACTIVE,
  archived: Product_Status.ARCHIVED,
} satisfies Record<Product["status"], Product_Status>;

/** What an int32 can say; more than that is plenty. */
const MAX_STOCK = 2 ** 31 - 1;

export function toMessage(product: Listed): ProductMessage {
  return {
    id: product.id,
    merchantId: product.merchantId,
    sku: product.sku,
    name: product.name,
    description: product.description,
    price: { currencyCode: product.price.currency, amount: product.price.amount },
    categories: product.categories as string[],
    attributes: product.attributes as Record<string, string>,
    stock: Math.min(Number(product.available), MAX_STOCK),
    status: STATUS[product.status],
    createTime: product.createdAt,
    updateTime: product.updatedAt,
    etag: etagOf(product),
  };
}

/** The catalogue's version and the stock's; `product.save` compares the same text. */
export function etagOf({ version, stockVersion }: Listed): string {
  return `${version}-${stockVersion}`;
}

export function toPrice(money: Money | undefined, field: string): Price {
  if (!money) {
    throw invalidField(field, "is required", "required");
  }
  return { currency: money.currencyCode, amount: money.amount };
}

/** The fields that the mask names; without a mask, those that are set. */
export function toDraft(changes: ProductChanges, mask?: readonly string[]): Partial<Draft> {
  const isMeant = meantBy(mask, FIELDS);
  const { sku, name, description, price, categories, attributes } = changes;
  return {
    ...(isMeant("sku", sku !== "") && { sku }),
    ...(isMeant("name", name !== "") && { name }),
    ...(isMeant("description", description !== "") && { description }),
    ...(isMeant("price", price !== undefined) && { price: toPrice(price, "product.price") }),
    ...(isMeant("categories", categories.length > 0) && { categories }),
    ...(isMeant("attributes", Object.keys(attributes).length > 0) && { attributes }),
  };
}

const FIELDS: readonly string[] = [
  "sku",
  "name",
  "description",
  "price",
  "categories",
  "attributes",
];
