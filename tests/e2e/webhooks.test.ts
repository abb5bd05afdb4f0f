import assert from "node:assert/strict";
import { before, describe, it } from "mocha";
import { theMesh } from "./mesh.ts";
import { eventually, printedOrder, type Rest } from "./rest.ts";

describe("webhook endpoints over HTTP", function () {
  this.timeout(90_000);
  const path = "/api/v1/webhook-endpoints";
  const json = { "content-type": "application/json" };
  let demo: Rest;
  let merchant: Rest;
  let admin: Rest;
  before(async () => {
    const { api } = await theMesh();
    demo = await api.as("demo@tradepost.dev");
    merchant = await api.as("merchant@tradepost.dev");
    admin = await api.as("admin@tradepost.dev");
  });

  it("are made, changed by the fields of the body, and deleted", async () => {
    const made = await merchant.post(path, { url: "https://hooks.example", description: "a" });
    const place = `${path}/${made.body.id}`;
    assert.deepEqual([made.status, made.headers.get("location")], [201, place], made.text);
    assert.match(made.body.secret, /^whsec_/);
    const patch = (body: object, etag: string) =>
      merchant.send("PATCH", place, {
        body: JSON.stringify(body),
        headers: { ...json, "if-match": etag },
      });
    const changes = { eventTypes: ["ORDER_SHIPPED"], description: null, enabled: false };
    const changed = await patch(changes, '"1"');
    assert.equal(changed.status, 200, changed.text);
    const { secret, disabledTime, updateTime, ...rest } = changed.body;
    assert.ok(secret === undefined && disabledTime && updateTime);
    assert.deepEqual(rest, {
      id: made.body.id,
      url: "https://hooks.example",
      eventTypes: ["ORDER_SHIPPED"],
      description: "",
      enabled: false,
      disabledReason: "BY_OWNER",
      createTime: made.body.createTime,
      etag: "2",
    });
    assert.equal((await patch({ eventTypes: [] }, '"1"')).status, 412);
    assert.equal((await admin.get(place)).status, 404);
    assert.equal((await demo.get(place)).status, 403);
    assert.equal((await merchant.send("DELETE", place, {})).status, 204);
    assert.equal((await merchant.get(place)).status, 404);
  });

  it("hear of an order, and list what is sent to them", async () => {
    const { body } = await merchant.post(path, { url: "https://hooks.example" });
    const place = `${path}/${body.id}`;
    await demo.post("/api/v1/orders", printedOrder);
    const listed = await eventually(
      () => merchant.get(`${place}/deliveries?status=PENDING&status=FAILED`),
      (answer) => answer.body.deliveries?.length > 0,
      30_000,
    );
    const [delivery] = listed.body.deliveries;
    assert.deepEqual([delivery.eventType, delivery.endpointId], ["ORDER_CONFIRMED", body.id]);
    await merchant.send("DELETE", place, {});
  });
});
