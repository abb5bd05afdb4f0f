// What a merchant may do with a product of the catalogue.
import { Fault, invalidField } from "#kit/errors.ts";

export interface Price {
  readonly currency: string;
  /** In the currency's minor unit. */
  readonly amount: bigint;
}

/** What a merchant writes. */
export interface Draft {
  readonly sku: string;
  readonly name: string;
  readonly description: string;
  readonly price: Price;
  readonly categories: readonly string[];
  readonly attributes: Readonly<Record<string, string>>;
}

export interface Product extends Draft {
  readonly id: string;
  readonly merchantId: string;
  readonly status: "active" | "archived";
  /** Counts changes; each has one event, whose sequence this is. */
  readonly version: bigint;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export type Fact =
  | { readonly type: "created" }
  | { readonly type: "updated"; readonly previousPrice: Price | undefined }
  | { readonly type: "archived" };

/** A decision: the product as it is now, and what others should hear about it. */
export interface Change {
  readonly product: Product;
  readonly facts: readonly Fact[];
}

/** 100 lines of 9,900 pieces at this price still fit into an int64. */
const MAX_PRICE = 1_000_000_000_000n;

export function create(
  draft: Draft,
  { id, merchantId, now }: { readonly id: string; readonly merchantId: string; readonly now: Date },
): Change {
  checkPrice("price", draft.price);
  return {
    product: {
      ...draft,
      id,
      merchantId,
      status: "active",
      version: 1n,
      createdAt: now,
      updatedAt: now,
    },
    facts: [{ type: "created" }],
  };
}

/** Writes what is new in `draft`. The same values again change nothing. */
export function update(product: Product, draft: Partial<Draft>, now: Date): Change {
  if (product.status === "archived") {
    throw new Fault("PRODUCT_NOT_FOUND", `product ${product.id} is archived`, {
      metadata: { productId: product.id },
    });
  }
  checkDraft(draft);
  const next = { ...product, ...draft };
  if (isSame(next, product)) {
    return { product, facts: [] };
  }
  const previousPrice = isSamePrice(next.price, product.price) ? undefined : product.price;
  return {
    product: { ...next, version: product.version + 1n, updatedAt: now },
    facts: [{ type: "updated", previousPrice }],
  };
}

/** Takes it off sale. Archiving twice changes nothing. */
export function archive(product: Product, now: Date): Change {
  if (product.status === "archived") {
    return { product, facts: [] };
  }
  return {
    product: { ...product, status: "archived", version: product.version + 1n, updatedAt: now },
    facts: [{ type: "archived" }],
  };
}

/** Products are everybody's to read and their merchant's to change. */
export function checkOwner(
  product: Pick<Product, "id" | "merchantId">,
  caller: { readonly userId: string; readonly isAdmin: boolean },
): void {
  if (!caller.isAdmin && product.merchantId !== caller.userId) {
    throw new Fault("NOT_OWNER", `product ${product.id} belongs to another merchant`, {
      metadata: { productId: product.id },
    });
  }
}

export function stale(id: string): Fault {
  return new Fault("STALE_ETAG", `product ${id} has changed since`, {
    metadata: { productId: id },
  });
}

export function skuTaken(sku: string): Fault {
  return new Fault("SKU_TAKEN", `the SKU ${sku} is taken`, { metadata: { sku } });
}

function checkDraft({ sku, name, price }: Partial<Draft>): void {
  if (sku === "") {
    throw invalidField("product.sku", "must not be empty", "required");
  }
  if (name === "") {
    throw invalidField("product.name", "must not be empty", "required");
  }
  if (price) {
    checkPrice("product.price", price);
  }
}

function checkPrice(field: string, { amount }: Price): void {
  if (amount < 0n || amount > MAX_PRICE) {
    throw invalidField(`${field}.amount`, `must be between 0 and ${MAX_PRICE}`, "int64.gte_lte");
  }
}

function isSame(one: Draft, other: Draft): boolean {
  return (
    one.sku === other.sku &&
    one.name === other.name &&
    one.description === other.description &&
    isSamePrice(one.price, other.price) &&
    textOf(one.categories) === textOf(other.categories) &&
    textOf(Object.entries(one.attributes).sort()) ===
      textOf(Object.entries(other.attributes).sort())
  );
}

function isSamePrice(one: Price, other: Price): boolean {
  return one.currency === other.currency && one.amount === other.amount;
}

const textOf = JSON.stringify;
