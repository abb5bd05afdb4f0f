import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, describe, it } from "mocha";
import { Webhook } from "standardwebhooks";
import { type WebhookHouse, webhookHouse } from "./testing-webhooks.ts";
import { type KeptSecret, webhookSecrets } from "./webhook-secrets.ts";

const url = "https://hooks.example";
const form = /^whsec_[A-Za-z0-9+/]{43}=$/;

describe("a webhook endpoint's secret", () => {
  const key = randomBytes(32);
  let house: WebhookHouse;
  before(async () => {
    house = await webhookHouse({ key });
  });
  after(() => house.stop());

  async function kept(endpointId: string): Promise<KeptSecret[]> {
    const { rows } = await house.db.query<KeptSecret>(
      `select id, secret, is_sealed as "isSealed" from webhook_secrets
        where endpoint_id = $1 order by expire_time desc nulls first`,
      [endpointId],
    );
    return rows;
  }

  it("is shown by the answers that make it, and by no other", async () => {
    const ann = await house.as("ann");
    const { webhookEndpoint: made } = await ann.createWebhookEndpoint({ url });
    const id = made?.id ?? "";
    const { webhookEndpoint: rotated } = await ann.rotateWebhookSecret({ id });
    assert.match(made?.secret ?? "", form);
    assert.match(rotated?.secret ?? "", form);
    assert.notEqual(rotated?.secret, made?.secret);
    const webhookEndpoint = { description: "x" };
    const others = [
      (await ann.getWebhookEndpoint({ id })).webhookEndpoint,
      (await ann.updateWebhookEndpoint({ id, webhookEndpoint })).webhookEndpoint,
      ...(await ann.listWebhookEndpoints({})).webhookEndpoints,
    ];
    assert.deepEqual(
      others.map((one) => one?.secret),
      [undefined, undefined, undefined],
    );
  });

  it("is another one for the same Idempotency-Key: none is kept to be shown again", async () => {
    const bea = await house.as("bea");
    const create = () => bea.createWebhookEndpoint({ url }, { idempotencyKey: "once" });
    const [one, other] = [await create(), await create()];
    assert.notEqual(one.webhookEndpoint?.secret, other.webhookEndpoint?.secret);
    const { rows } = await house.db.query("select from idempotency_keys");
    assert.deepEqual(rows, []);
  });

  it("is sealed at rest, and opened to sign", async () => {
    const cid = await house.as("cid");
    const { webhookEndpoint } = await cid.createWebhookEndpoint({ url });
    const { id = "", secret = "" } = webhookEndpoint ?? {};
    const [sealed] = await kept(id);
    assert.ok(sealed?.isSealed);
    assert.doesNotMatch(sealed.secret, /whsec_/);
    const message = { id: "whd_1", time: new Date(), body: '{"a":1}' };
    const headers = webhookSecrets(key).sign([sealed], message);
    assert.deepEqual(new Webhook(secret).verify(message.body, headers), { a: 1 });
    assert.throws(() => webhookSecrets(undefined).sign([sealed], message), /KEY_ENCRYPTION_KEY/);
    assert.throws(() => webhookSecrets(randomBytes(32)).sign([sealed], message));
    const moved = { ...sealed, id: "another" };
    assert.throws(() => webhookSecrets(key).sign([moved], message));
  });

  it("has one former one beside it for a day, however often it is replaced", async () => {
    const dot = await house.as("dot");
    const { webhookEndpoint } = await dot.createWebhookEndpoint({ url });
    const id = webhookEndpoint?.id ?? "";
    const first = await kept(id);
    await dot.rotateWebhookSecret({ id });
    const second = await kept(id);
    await dot.rotateWebhookSecret({ id });
    const third = await kept(id);
    assert.deepEqual([first.length, second.length, third.length], [1, 2, 2]);
    assert.deepEqual(second[1], first[0]);
    assert.deepEqual(third[1], second[0]);
    const { rows } = await house.db.query(
      `select extract(epoch from expire_time - now())::int as seconds from webhook_secrets
        where endpoint_id = $1 and expire_time is not null`,
      [id],
    );
    assert.ok(Math.abs(rows[0]?.seconds - 86_400) < 60, String(rows[0]?.seconds));
  });
});
