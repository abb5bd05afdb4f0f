// A product's row, as it is read together with its stock.
import type { Product } from "./product.ts";

/** A product with what a reader sees of its stock. */
export interface Listed extends Product {
  readonly available: bigint;
  readonly stockVersion: bigint;
}

/** Of `products p join stock s`. */
export const columns = `p.id, p.merchant_id, p.sku, p.name, p.description, p.price_amount,
       p.currency, p.categories, p.attributes, p.status, p.version, p.created_at, p.updated_at,
       s.available, s.version as stock_version`;

export interface ListedRow {
  readonly id: string;
  readonly merchant_id: string;
  readonly sku: string;
  readonly name: string;
  readonly description: string;
  readonly price_amount: bigint;
  readonly currency: string;
  readonly categories: string[];
  readonly attributes: Record<string, string>;
  readonly status: Product["status"];
  readonly version: bigint;
  readonly created_at: Date;
  readonly updated_at: Date;
  readonly available: bigint;
  readonly stock_version: bigint;
}

export function toListed(row: ListedRow): Listed {
  return {
    id: row.id,
    merchantId: row.merchant_id,
    sku: row.sku,
    name: row.name,
    description: row.description,
    price: { currency: row.currency, amount: row.price_amount },
    categories: row.categories,
    attributes: row.attributes,
    status: row.status,
    version: row.version,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    available: row.available,
    stockVersion: row.stock_version,
  };
}

/** In forms that JSON has as well. */
export function toRow(product: Product) {
  return {
    id: product.id,
    merchant_id: product.merchantId,
    sku: product.sku,
    name: product.name,
    description: product.description,
    price_amount: String(product.price.amount),
    currency: product.price.currency,
    categories: product.categories,
    attributes: product.attributes,
    status: product.status,
    version: String(product.version),
    created_at: product.createdAt,
    updated_at: product.updatedAt,
  };
}
