import assert from "node:assert/strict";
import { before, describe, it } from "mocha";
import type { Mesh } from "../../infra/dev/mesh.ts";
import { firstEvent, watcher } from "./event-stream.ts";
import { theMesh } from "./mesh.ts";
import { placesOf } from "./operator.ts";
import { eventually, printedOrder, type Rest } from "./rest.ts";
import { tradepost } from "./terminal.ts";

interface Window {
  readonly startTime: string;
  readonly orders: number;
  readonly version: string;
}

describe("what the shop sold", function () {
  this.timeout(90_000);
  let mesh: Mesh;
  let demo: Rest;
  let merchant: Rest;
  let admin: Rest;
  before(async () => {
    const { mesh: started, api } = await theMesh();
    mesh = started;
    [demo, merchant, admin] = (await Promise.all(
      ["demo", "merchant", "admin"].map((name) => api.as(`${name}@tradepost.dev`)),
    )) as [Rest, Rest, Rest];
  });

  it("can be watched, and after a break from where it was", async () => {
    const watch = await watcher(mesh, "admin@tradepost.dev");
    const path = "/api/v1/analytics/windows:watch?currency=USD";
    const first = await watch(path);
    assert.match(first.headers.get("content-type") ?? "", /text\/event-stream/);
    await demo.post("/api/v1/orders", printedOrder);
    const [id, window] = await firstEvent<Window>(first, ({ orders }) => orders > 0);

    await demo.post("/api/v1/orders", printedOrder);
    const second = await watch(path, id);
    const [, later] = await firstEvent<Window>(
      second,
      ({ startTime, orders, version }) =>
        orders > 0 && (startTime > window.startTime || BigInt(version) > BigInt(window.version)),
    );
    assert.ok(later);
  });

  it("is there as a summary, by product, as a funnel and by first month", async () => {
    const funnel = async (who: Rest) => (await who.get("/api/v1/analytics/funnel")).body;
    const before = await funnel(merchant);
    const { body: order } = await demo.post("/api/v1/orders", printedOrder);
    await merchant.post(`/api/v1/orders/${order.id}:ship`, { carrier: "DHL", trackingNumber: "1" });
    await merchant.post(`/api/v1/orders/${order.id}:deliver`);
    // Orders and payments are topics of their own: neither waits for the other.
    const stages = ["placed", "confirmed", "paid", "shipped", "delivered"];
    const seen = await eventually(
      () => funnel(merchant),
      (body) => stages.every((stage) => Number(body[stage]) > Number(before[stage])),
    );
    assert.ok(Number((await funnel(admin)).placed) >= Number(seen.placed));

    const { summaries } = (await admin.get("/api/v1/analytics/summary")).body;
    const usd = summaries.find((one: { currencyCode: string }) => one.currencyCode === "USD");
    assert.ok(Number(usd.uniqueBuyers) >= 1 && Number(usd.orders) >= Number(usd.uniqueBuyers));
    assert.equal(BigInt(usd.net.amount), BigInt(usd.revenue.amount) - BigInt(usd.refunded.amount));

    const top = "/api/v1/analytics/top-products?currency=USD&page_size=100";
    const { products } = (await merchant.get(top)).body;
    const mug = products.find((one: { productId: string }) => one.productId === "prod-001");
    assert.equal(mug.name, order.items[0].name);

    const { cohorts } = (await admin.get("/api/v1/analytics/cohorts")).body;
    assert.ok(Number(cohorts.at(-1).months[0].buyers) >= 1);
  });

  it("can be counted again by who runs the shop, and is the same", async () => {
    const ended = await eventually(
      () => tradepost(["analytics", "rebuild", "--json"], placesOf(mesh)),
      ({ out }) => /"changed":0,"added":0/.test(out),
      60_000,
    );
    assert.equal(ended.code, 0, ended.err);
    assert.ok(JSON.parse(ended.out).same > 0);
    const { status, body } = await admin.get("/api/v1/analytics/summary");
    assert.equal(status, 200);
    assert.ok(body.summaries.length > 0);
  });

  it("is refused for a time that is too long, naming the field", async () => {
    const { status, body } = await admin.get("/api/v1/analytics/summary?from=2020-01-01T00:00:00Z");
    assert.equal(status, 400);
    assert.deepEqual([body.reason, body.violations[0].field], ["INVALID_FIELD", "from"]);
  });
});
