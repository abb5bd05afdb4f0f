// For this service's tests: the whole service behind gRPC, and products to buy.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import {
  type CreateProductRequest,
  ProductServiceDefinition,
} from "#gen/tradepost/product/v1/product.ts";
import type { RoleName } from "#kit/call.ts";
import type { Db } from "#kit/db.ts";
import { Fault } from "#kit/errors.ts";
import { testDatabase, testService, tokenFor } from "#kit/testing.ts";
import { productService } from "./service.ts";

export async function startProducts() {
  const { db, drop } = await testDatabase("product");
  const start = () => {
    const rpcs = productService({ db, wakeRelay() {} });
    return testService("product", { rpcs: [[ProductServiceDefinition, rpcs]] });
  };
  const [service, replica] = await Promise.all([start(), start()]);
  const as = async (userId: string, ...roles: RoleName[]) =>
    service.client(ProductServiceDefinition, { token: await tokenFor({ userId, roles }) });
  return {
    db,
    anyone: service.client(ProductServiceDefinition),
    /** The order service, at either of two replicas of this one. */
    orders: service.client(ProductServiceDefinition, { service: "order" }),
    otherOrders: replica.client(ProductServiceDefinition, { service: "order" }),
    merchant: await as("m1", "MERCHANT"),
    rival: await as("m2", "MERCHANT"),
    admin: await as("a1", "ADMIN"),
    customer: await as("c1", "CUSTOMER"),
    async stop() {
      await Promise.all([service.stop(), replica.stop()]);
      await drop();
    },
  };
}

export type Products = Awaited<ReturnType<typeof startProducts>>;

export function aProduct(given: Partial<CreateProductRequest> = {}): CreateProductRequest {
  return {
    sku: `SKU-${randomUUID()}`,
    name: "Mug",
    description: "",
    price: { currencyCode: "USD", amount: 1_999n },
    categories: [],
    attributes: {},
    stock: 10,
    ...given,
  };
}

/** Puts a product on sale and answers its id. */
export async function onSale({ merchant }: Products, given?: Partial<CreateProductRequest>) {
  const { product } = await merchant.createProduct(aProduct(given));
  assert(product);
  return product.id;
}

/** Wants `quantity` of each of these products. */
export function order(productIds: readonly string[], quantity = 1) {
  const lines = productIds.map((productId) => ({ productId, quantity }));
  return { orderId: `order-${randomUUID()}`, lines };
}

export async function stockOf(db: Db, productId: string) {
  const { rows } = await db.query(
    "select available, reserved, sold from stock where product_id = $1",
    [productId],
  );
  const [{ available, reserved, sold }] = rows;
  return { available: Number(available), reserved: Number(reserved), sold: Number(sold) };
}

/** The stock is what the ledger and the reservations say. */
export async function assertAddsUp(db: Db): Promise<void> {
  const { rows } = await db.query("select * from stock_mismatches");
  assert.deepEqual(rows, []);
}

/** How a call failed: its reason, its words, and what it says besides. */
export async function faultOf(call: Promise<unknown>) {
  const error = await call.then(
    () => assert.fail("the call was answered"),
    (error: unknown) => error,
  );
  assert(error instanceof Fault, String(error));
  const { reason, message, metadata, violations } = error;
  return { reason, message, metadata, fields: violations.map(({ field }) => field) };
}

export async function reasonOf(call: Promise<unknown>) {
  return (await faultOf(call)).reason;
}
