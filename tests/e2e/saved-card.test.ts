import assert from "node:assert/strict";
import { before, describe, it } from "mocha";
import type { Mesh } from "../../infra/dev/mesh.ts";
import { theMesh } from "./mesh.ts";
import { eventually, type Rest, rest } from "./rest.ts";

const METHODS = "/api/v1/users/me/payment-methods";

describe("a card that its bank asks about", function () {
  this.timeout(60_000);
  let mesh: Mesh;
  let demo: Rest;
  before(async () => {
    const { mesh: started, api } = await theMesh();
    mesh = started;
    demo = await api.as("demo@tradepost.dev");
  });

  it("is saved once its person has said yes, as Stripe tells by webhook", async () => {
    const saving = { paymentMethod: "pm_card_threeDSecure2Required" };
    const { status, body, text } = await demo.post(METHODS, saving);
    assert.equal(status, 201, text);
    assert.equal(body.id, "");
    const [setupId] = body.setup.clientSecret.split("_secret_");
    const saved = () => demo.get(`${METHODS}?pageSize=100`);
    const before = (await saved()).body.paymentMethods.length;
    await rest(mesh.stripe.url).post(`/_3ds/${setupId}`, { outcome: "success" });
    const { body: after } = await eventually(
      saved,
      (answer) => answer.body.paymentMethods.length > before,
      20_000,
    );
    assert.equal(after.paymentMethods.length, before + 1);
  });
});
