import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { ProductServiceDefinition } from "#gen/tradepost/product/v1/product.ts";
import type { RoleName } from "#kit/call.ts";
import { type Lists, openLists } from "#kit/lists.ts";
import { silent } from "#kit/log.ts";
import { type TestDatabase, testDatabase, testService, tokenFor } from "#kit/testing.ts";
import { productService } from "./service.ts";
import { aProduct } from "./testing.ts";

describe("product lists where a replica is behind", () => {
  let primary: TestDatabase;
  /** One that has not heard of anything. */
  let replica: TestDatabase;
  let lists: Lists;
  let service: Awaited<ReturnType<typeof testService>>;
  before(async () => {
    [primary, replica] = await Promise.all([testDatabase("product"), testDatabase("product")]);
    const { db } = primary;
    const config = { DATABASE_REPLICA_URL: replica.url };
    lists = openLists({ db, config, name: "product", log: silent });
    const rpcs = productService({ db, lists, wakeRelay() {} });
    service = await testService("product", { rpcs: [[ProductServiceDefinition, rpcs]] });
  });
  after(async () => {
    await service.stop();
    await lists.stop();
    await Promise.all([primary.drop(), replica.drop()]);
  });

  const as = async (userId: string, role: RoleName) =>
    service.client(ProductServiceDefinition, { token: await tokenFor({ userId, roles: [role] }) });

  it("show a product at once to all who are signed in, and to others when it has arrived", async () => {
    const merchant = await as("m1", "MERCHANT");
    const anyone = service.client(ProductServiceDefinition);
    const { product } = await merchant.createProduct(aProduct({ categories: ["mugs"] }));
    for (const reader of [merchant, await as("c1", "CUSTOMER")]) {
      assert.deepEqual((await reader.listProducts({})).products, [product]);
      assert.equal((await reader.listCategories({})).categories.length, 1);
    }
    assert.deepEqual((await anyone.listProducts({})).products, []);
    assert.deepEqual((await anyone.listCategories({})).categories, []);
    // One product is read at the primary, whoever asks.
    assert.deepEqual(await anyone.getProduct({ id: product?.id ?? "" }), { product });
  });
});
