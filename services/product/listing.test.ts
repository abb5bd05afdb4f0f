import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import type { ListProductsRequest } from "#gen/tradepost/product/v1/product.ts";
import { pageToken } from "#kit/page-token.ts";
import { countPopularity } from "./counts.ts";
import { seedDemo } from "./seed.ts";
import { onSale, order, type Products, reasonOf, startProducts } from "./testing.ts";

const everything: ListProductsRequest = {
  query: "",
  category: "",
  minPrice: undefined,
  maxPrice: undefined,
  inStock: false,
  sort: undefined,
  pageSize: undefined,
  pageToken: "",
};

describe("a list of products", () => {
  let products: Products;
  before(async () => {
    products = await startProducts();
    await seedDemo(products.db);
    await seedDemo(products.db);
  });
  after(() => products.stop());

  async function list(given: Partial<ListProductsRequest>) {
    return (await products.anyone.listProducts({ ...everything, pageSize: 100, ...given }))
      .products;
  }

  async function allPages(given: Partial<ListProductsRequest>, between = async () => {}) {
    const ids: string[] = [];
    let next = "";
    do {
      const page = { ...everything, pageSize: 30, ...given, pageToken: next };
      const answer = await products.anyone.listProducts(page);
      ids.push(...answer.products.map(({ id }) => id));
      next = answer.nextPageToken ?? "";
      await between();
    } while (next);
    return ids;
  }

  it("finds products by words in name, description and SKU", async () => {
    const names = async (query: string) => (await list({ query })).map(({ name }) => name);
    assert.equal((await names("mugs stoneware")).length, 5);
    assert.deepEqual(await names("torch MIDNIGHT"), ["Head Torch, Midnight"]);
    assert.deepEqual(await names("buckwheat ink"), ["Floor Cushion, Ink"]);
    const { sku = "", name } = (await list({ pageSize: 1 }))[0] ?? {};
    assert.deepEqual(await names(sku), [name]);
    assert.deepEqual(await names("mug -stoneware"), await names("mug stoneware"));
    assert.deepEqual(await names("nothing'); drop table products; --"), []);
    assert.deepEqual(await names("the"), []);
  });

  it("is narrowed by category, price and stock, together", async () => {
    const kitchen = await list({ category: "Kitchen" });
    assert.equal(kitchen.length, 40);
    const cheap = { category: "Kitchen", maxPrice: 2_000n, minPrice: 1_999n };
    assert.deepEqual(
      (await list(cheap)).map(({ name }) => name),
      ["Stoneware Mug, Moss"],
    );
    assert.deepEqual(
      (await list({ query: "lantern midnight" })).map(({ stock }) => stock),
      [0],
    );
    assert.deepEqual(await list({ query: "lantern midnight", inStock: true }), []);
    assert.equal((await list({ minPrice: 100_000n })).length, 0);
  });

  it("comes in each order, page by page, all of it and nothing twice", async () => {
    for (const sort of ["newest", "price", "-price", "rating", "popular"]) {
      const ids = await allPages({ sort });
      assert.equal(ids.length, 200, sort);
      assert.equal(new Set(ids).size, 200, sort);
    }
    const newest = await list({});
    assert.equal(newest[0]?.id, "prod-200");
    const prices = (await list({ sort: "price" })).map(({ price }) => price?.amount ?? 0n);
    assert.deepEqual(
      prices,
      prices.toSorted((one, other) => Number(one - other)),
    );
    const dearest = (await list({ sort: "-price" })).map(({ price }) => price?.amount ?? 0n);
    assert.deepEqual(
      dearest,
      dearest.toSorted((one, other) => Number(other - one)),
    );
  });

  it("keeps its place while others put products on sale", async () => {
    for (const sort of ["newest", "price"]) {
      const before = new Set(await allPages({ sort, category: "Garden" }));
      const filter = { sort, category: "Garden", pageSize: 7 };
      const ids = await allPages(filter, async () => {
        await onSale(products, { categories: ["Garden"] });
      });
      assert.equal(new Set(ids).size, ids.length);
      assert.deepEqual(new Set(ids.filter((id) => before.has(id))), before);
    }
  });

  it("counts by category", async () => {
    const { categories } = await products.anyone.listCategories({});
    const lighting = categories.find(({ name }) => name === "Lighting");
    assert.deepEqual(lighting, { name: "Lighting", productCount: 20 });
    const names = categories.map(({ name }) => name);
    assert.deepEqual(names, names.toSorted());
  });

  it("puts first what sold most, as of the last count", async () => {
    const { orders, db } = products;
    const wish = order(["prod-042", "prod-007"]);
    const more = order(["prod-007"], 2);
    await Promise.all([orders.reserveStock(wish), orders.reserveStock(more)]);
    await orders.commitStock({ orderIds: [wish.orderId, more.orderId] });
    await Promise.all([countPopularity(db), countPopularity(db)]);
    const popular = await list({ sort: "popular", pageSize: 2 });
    assert.deepEqual(
      popular.map(({ id }) => id),
      ["prod-007", "prod-042"],
    );
  });

  it("refuses a page token that is made up or another list's", async () => {
    const { anyone } = products;
    const { nextPageToken: token = "" } = await anyone.listProducts(everything);
    const filter = { query: "", category: "", minPrice: undefined, maxPrice: undefined };
    const boundTo = ["products", "newest", { ...filter, inStock: false }];
    const forged = pageToken(["yesterday; --", "prod-001"], boundTo);
    const wrong = [
      { pageToken: "x" },
      { pageToken: `${token}A` },
      { pageToken: token, sort: "price" },
      { pageToken: token, category: "Kitchen" },
      { pageToken: forged },
    ];
    for (const given of wrong) {
      const call = anyone.listProducts({ ...everything, ...given });
      assert.equal(await reasonOf(call), "INVALID_PAGE_TOKEN");
    }
    for (const given of [{ pageSize: 0 }, { pageSize: 101 }, { sort: "colour" }]) {
      const call = anyone.listProducts({ ...everything, ...given });
      assert.equal(await reasonOf(call), "INVALID_FIELD");
    }
  });
});
