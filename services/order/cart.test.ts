import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "mocha";
import { aLostAnswer, orderHouse } from "./testing.ts";

type House = Awaited<ReturnType<typeof orderHouse>>;

const mugs = (quantity: number) => [{ productId: "mug", quantity }];

describe("a cart", () => {
  let house: House;
  before(async () => {
    house = await orderHouse();
  });
  after(() => house.stop());
  afterEach(() => {
    house.others.before = () => {};
    house.others.calls.length = 0;
  });

  it("is empty until somebody puts things in, and one's own", async () => {
    const ada = await house.as("ada");
    const none = { userId: "ada", items: [], quote: undefined, etag: "0" };
    const { cart } = await ada.getCart({});
    assert.deepEqual(cart, { ...none, createTime: undefined, updateTime: undefined });
    await ada.setCart({ cart: { items: mugs(2) } });
    const { cart: others } = await (await house.as("not-ada")).getCart({});
    assert.deepEqual(others?.items, []);
  });

  it("is what was put last, whole, a product that stands twice summed", async () => {
    const bea = await house.as("bea");
    await bea.setCart({ cart: { items: [{ productId: "cup", quantity: 1 }] } });
    const items = [...mugs(2), { productId: "pot", quantity: 1 }, ...mugs(3)];
    const { cart: put } = await bea.setCart({ cart: { items } });
    assert.deepEqual(put?.items, [...mugs(5), { productId: "pot", quantity: 1 }]);
    assert.deepEqual((await bea.getCart({})).cart, put);
    const { cart: emptied } = await bea.setCart({ cart: {} });
    assert.deepEqual([emptied?.items, emptied?.etag], [[], "3"]);
  });

  it("holds at most 100 items, of 1 to 99 each", async () => {
    const cid = await house.as("cid");
    const of = (count: number) =>
      Array.from({ length: count }, (_, n) => ({ productId: `p${n}`, quantity: 1 }));
    assert.equal((await cid.setCart({ cart: { items: of(100) } })).cart?.items.length, 100);
    for (const items of [of(101), mugs(0), mugs(100)]) {
      await assert.rejects(cid.setCart({ cart: { items } }), { reason: "INVALID_FIELD" });
    }
    await assert.rejects(cid.setCart({}), { reason: "INVALID_FIELD" });
  });

  it("is changed only if its items still are those of the etag", async () => {
    const dan = await house.as("dan");
    const put = (quantity: number, etag: string) =>
      dan.setCart({ cart: { items: mugs(quantity) }, etag }).then(
        () => "done",
        ({ reason }) => reason,
      );
    assert.equal(await put(1, "5"), "STALE_ETAG");
    const races = [put(1, "0"), put(2, "0"), put(3, "0")];
    assert.deepEqual((await Promise.all(races)).sort(), ["STALE_ETAG", "STALE_ETAG", "done"]);
    const read = (await dan.getCart({})).cart?.etag ?? "";
    assert.match(read, /^1-[0-9a-f]{16}$/);
    assert.equal(await put(4, "1-0123456789abcdef"), "done", "other prices");
    for (const stale of [read, "0", "1", 'W/"2"', "2-x", ""]) {
      assert.equal(await put(5, stale), "STALE_ETAG", stale);
    }
    assert.equal(await put(6, "*"), "done");
    assert.deepEqual((await dan.getCart({})).cart?.items, mugs(6));
  });

  it("stays as it is when the same is put again", async () => {
    const eve = await house.as("eve");
    const { cart: first } = await eve.setCart({ cart: { items: mugs(2) } });
    assert.deepEqual((await eve.setCart({ cart: { items: mugs(2) } })).cart, first);
  });

  it("shows what it would cost, asked of the catalogue in one call", async () => {
    const fay = await house.as("fay");
    const items = [...mugs(2), { productId: "pot", quantity: 7 }];
    await fay.setCart({ cart: { items } });
    house.others.calls.length = 0;
    const { cart } = await fay.getCart({});
    assert.deepEqual(house.others.calls, ["prices mug,pot"]);
    assert.equal(cart?.quote?.total?.amount, 9_499n);
    assert.deepEqual(
      cart?.quote?.items.map(({ quantity, available }) => [quantity, available]),
      [
        [2, 5],
        [7, 5],
      ],
    );
    assert.deepEqual((await fay.quoteOrder({ items })).quote, cart?.quote);
  });

  it("has another etag when it would cost something else", async () => {
    const gil = await house.as("gil");
    const etagOf = async () => (await gil.getCart({})).cart?.etag;
    await gil.setCart({ cart: { items: mugs(1) } });
    const before = await etagOf();
    assert.equal(await etagOf(), before);
    house.others.stock = 4;
    const changed = await etagOf();
    house.others.stock = 5;
    assert.notEqual(changed, before);
  });

  it("comes without prices while the catalogue does not answer", async () => {
    const hal = await house.as("hal");
    house.others.before = () => {
      throw aLostAnswer();
    };
    const { cart: put } = await hal.setCart({ cart: { items: mugs(2) } });
    const { cart } = await hal.getCart({});
    assert.deepEqual(cart, put);
    assert.deepEqual([cart?.items, cart?.quote, cart?.etag], [mugs(2), undefined, "1"]);
  });

  it("hides no error of ours behind a missing price", async () => {
    const ivy = await house.as("ivy");
    await ivy.setCart({ cart: { items: mugs(2) } });
    house.others.before = () => {
      throw new TypeError("a bug");
    };
    await assert.rejects(ivy.getCart({}), { reason: "INTERNAL" });
  });

  it("keeps what is not sold out of its quote, and is not quoted where it cannot be one order", async () => {
    const jan = await house.as("jan");
    const quoteOf = async (...ids: string[]) => {
      const items = ids.map((productId) => ({ productId, quantity: 1 }));
      const { cart } = await jan.setCart({ cart: { items } });
      assert.deepEqual(cart?.items, items);
      return cart?.quote?.items.map(({ productId }) => productId);
    };
    assert.deepEqual(await quoteOf("mug", "nothing", "old-mug"), ["mug"]);
    assert.equal(await quoteOf("nothing"), undefined);
    assert.equal(await quoteOf("mug", "euro-mug"), undefined);
  });
});
