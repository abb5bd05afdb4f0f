import assert from "node:assert/strict";
import { before, describe, it } from "mocha";
import { theMesh } from "./mesh.ts";
import { aPerson } from "./people.ts";
import { printedOrder, type Rest } from "./rest.ts";

const path = "/api/v1/users/me/addresses";
const { shipping_address: home } = printedOrder;

describe("a person's addresses over HTTP", function () {
  this.timeout(60_000);
  let ada: Rest;
  before(async () => {
    const { api } = await theMesh();
    ada = (await aPerson(api)).signedIn;
  });

  const patch = (id: string, body: object, headers: Record<string, string> = {}) =>
    ada.send("PATCH", `${path}/${id}`, {
      body: JSON.stringify(body),
      headers: { "content-type": "application/json", ...headers },
    });

  it("are written, listed, changed by If-Match and forgotten, and an order goes to one", async () => {
    const first = await ada.post(path, home);
    assert.deepEqual([first.status, first.body.isDefault], [201, true]);
    assert.equal(first.headers.get("location"), `${path}/${first.body.id}`);
    const second = await ada.post(path, { ...home, street: "1 Other St" });
    const listed = await ada.get(path);
    assert.deepEqual(listed.body, { addresses: [second.body, first.body] });

    const tag = { "if-match": `"${second.body.etag}"` };
    const chosen = await patch(second.body.id, { isDefault: true }, tag);
    assert.deepEqual([chosen.status, chosen.body.isDefault], [200, true]);
    assert.deepEqual((await patch(second.body.id, { city: "LA" }, tag)).status, 412);

    const place = { ...home, street: chosen.body.street };
    const { items, payment_method } = printedOrder;
    const order = { items, payment_method, shipping_address: place };
    const sent = await ada.post("/api/v1/orders", order);
    assert.equal(sent.status, 201, sent.text);
    assert.equal(sent.body.shippingAddress.street, "1 Other St");

    assert.equal((await ada.send("DELETE", `${path}/${second.body.id}`)).status, 204);
    const left = await ada.get(path);
    assert.deepEqual(
      left.body.addresses.map((one: { id: string; isDefault: boolean }) => [one.id, one.isDefault]),
      [[first.body.id, false]],
    );
  });

  it("refuse what they do not know and what is missing, by the field's name", async () => {
    const unknown = await ada.post(path, { ...home, floor: 3 });
    assert.deepEqual([unknown.status, unknown.body.violations[0].field], [400, "floor"]);
    const missing = await ada.post(path, { ...home, street: undefined });
    assert.deepEqual([missing.status, missing.body.violations[0].field], [400, "street"]);
    const { body } = await ada.post(path, home);
    const cleared = await patch(body.id, { city: null });
    assert.deepEqual([cleared.status, cleared.body.violations[0].field], [400, "city"]);
    assert.equal((await patch("nobody-s", { city: "LA" })).status, 404);
  });
});
