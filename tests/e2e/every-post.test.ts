import assert from "node:assert/strict";
import { createECDH, randomBytes, randomUUID } from "node:crypto";
import { before, describe, it } from "mocha";
import { methodOptions, registry } from "#kit/descriptors.ts";
import { carriesSecret } from "#kit/redaction.ts";
import type { Mesh } from "../../infra/dev/mesh.ts";
import { theMesh } from "./mesh.ts";
import { aPerson } from "./people.ts";
import { eventually, printedOrder, type Rest } from "./rest.ts";
import { rowsOf } from "./rows.ts";

type Sample = readonly [who: Rest, path: string, body?: object];

/** After it the credentials are none any more, so there is no second time. */
const ENDS_ITS_SESSION = "Logout";

describe("every POST that is not public", function () {
  this.timeout(120_000);
  let mesh: Mesh;
  let demo: Rest;
  let merchant: Rest;
  let support: Rest;
  let admin: Rest;
  before(async () => {
    const { mesh: started, api } = await theMesh();
    mesh = started;
    [demo, merchant, support, admin] = (await Promise.all(
      ["demo", "merchant", "support", "admin"].map((name) => api.as(`${name}@tradepost.dev`)),
    )) as [Rest, Rest, Rest, Rest];
  });

  const { shipping_address } = printedOrder;
  const items = [{ productId: "prod-001", quantity: 1 }];

  async function ordered(...steps: ("ship" | "deliver")[]): Promise<string> {
    const { body } = await demo.post("/api/v1/orders", printedOrder);
    const path = `/api/v1/orders/${body.id}`;
    for (const step of steps) {
      const sent = step === "ship" ? { carrier: "DHL", trackingNumber: "1" } : {};
      const { status, text } = await merchant.post(`${path}:${step}`, sent);
      assert.equal(status, 200, text);
    }
    return path;
  }

  async function method(): Promise<string> {
    const path = "/api/v1/users/me/payment-methods";
    const { status, body, text } = await demo.post(path, { paymentMethod: "pm_card_visa" });
    assert.ok(status < 300, text);
    return `${path}/${body.id}`;
  }

  async function deadLetter(): Promise<string> {
    const [row] = await rowsOf<{ id: string }>(
      mesh,
      "notification",
      `insert into dead_letters (consumer, topic, partition, "offset", key, event_id, type, payload,
                                 headers, error, attempts, first_failed_at)
       values ('notification', 'orders', 0, 0, $1, gen_random_uuid(), '', '{}', '{}', '', 1, now())
       returning id`,
      [randomUUID()],
    );
    return `/api/v1/admin/dead-letters/notification_${row?.id}`;
  }

  async function notification(): Promise<string> {
    await ordered();
    const { body } = await eventually(
      () => demo.get("/api/v1/notifications?pageSize=1"),
      (answer) => answer.body.notifications.length > 0,
      30_000,
    );
    return `/api/v1/notifications/${body.notifications[0].id}`;
  }

  /** One that is over, as nothing in the mesh is within minutes. */
  async function webhookDelivery(): Promise<string> {
    const path = "/api/v1/webhook-endpoints";
    const { status, body, text } = await merchant.post(path, { url: "https://hooks.example" });
    assert.equal(status, 201, text);
    const [row] = await rowsOf<{ id: string }>(
      mesh,
      "notification",
      `insert into webhook_deliveries (id, endpoint_id, event_id, event_type, payload, status,
                                       create_time, update_time)
       values ('whd_' || gen_random_uuid(), $1, gen_random_uuid(), 'ORDER_CONFIRMED', '{}',
               'FAILED', now(), now())
       returning id`,
      [body.id],
    );
    return `${path}/${body.id}/deliveries/${row?.id}`;
  }

  /** By rpc, a request that has its effect. */
  const samples: Readonly<Record<string, () => Promise<Sample>>> = {
    CreateOrder: async () => [demo, "/api/v1/orders", printedOrder],
    CancelOrder: async () => [demo, `${await ordered()}:cancel`, { reason: "no" }],
    ShipOrder: async () => [
      merchant,
      `${await ordered()}:ship`,
      { carrier: "DHL", trackingNumber: "1" },
    ],
    DeliverOrder: async () => [merchant, `${await ordered("ship")}:deliver`],
    ReturnOrder: async () => [
      demo,
      `${await ordered("ship", "deliver")}:return`,
      { items, reason: "too small" },
    ],
    QuoteOrder: async () => [demo, "/api/v1/orders:quote", { items }],
    async Checkout() {
      await demo.send("PUT", "/api/v1/cart", {
        body: JSON.stringify({ items }),
        headers: { "content-type": "application/json" },
      });
      const body = { shippingAddress: shipping_address, paymentMethod: "pm_card_visa" };
      return [demo, "/api/v1/cart:checkout", body];
    },
    async RefundPayment() {
      const { body } = await demo.get(`${await ordered()}/payments`);
      const amount = { currencyCode: "USD", amount: "1" };
      return [support, `/api/v1/payments/${body.payments[0].id}:refund`, { amount, reason: "x" }];
    },
    async CreatePayout() {
      await ordered();
      const amount = { currencyCode: "USD", amount: "1" };
      return [admin, "/api/v1/payouts", { merchantId: "user-merchant", amount }];
    },
    CreatePaymentMethod: async () => [
      demo,
      "/api/v1/users/me/payment-methods",
      { paymentMethod: "pm_card_mastercard" },
    ],
    SetDefaultPaymentMethod: async () => [demo, `${await method()}:setDefault`],
    CreateProduct: async () => [
      merchant,
      "/api/v1/products",
      {
        sku: randomUUID().slice(0, 12),
        name: "Mug",
        price: { currencyCode: "USD", amount: "900" },
      },
    ],
    AdjustStock: async () => [
      merchant,
      "/api/v1/products/prod-002:adjustStock",
      { delta: 1, reason: "found" },
    ],
    ActOnNotification: async () => [demo, `${await notification()}:act`],
    DismissNotification: async () => [demo, `${await notification()}:dismiss`],
    OpenAllNotifications: async () => [demo, "/api/v1/notifications:openAll"],
    OpenNotification: async () => [demo, `${await notification()}:open`],
    CreatePushSubscription: async () => [
      demo,
      "/api/v1/users/me/push-subscriptions",
      {
        endpoint: `https://push.example.com/${randomUUID()}`,
        keys: {
          p256dh: createECDH("prime256v1").generateKeys().toString("base64url"),
          auth: randomBytes(16).toString("base64url"),
        },
      },
    ],
    ScheduleNotification: async () => [
      demo,
      "/api/v1/notifications:schedule",
      { title: "Tea", body: "It is five.", cron: "0 17 * * *" },
    ],
    LockUser: async () => [admin, `/api/v1/admin/users/${(await aPerson(demo)).id}:lock`],
    UnlockUser: async () => [admin, `/api/v1/admin/users/${(await aPerson(demo)).id}:unlock`],
    CreateAddress: async () => [demo, "/api/v1/users/me/addresses", shipping_address],
    TestNotification: async () => [demo, "/api/v1/notifications:test"],
    RedeliverWebhook: async () => [merchant, `${await webhookDelivery()}:redeliver`],
    RedriveDeadLetter: async () => [admin, `${await deadLetter()}:redrive`],
    DiscardDeadLetter: async () => [admin, `${await deadLetter()}:discard`, { reason: "x" }],
  };

  const posts = [...registry.files]
    .flatMap(({ services }) => services.flatMap(({ methods }) => methods))
    .filter((one) => {
      const { http, access } = methodOptions(one);
      return http.some((rule) => rule.method === "POST") && !access?.public && !carriesSecret(one);
    })
    .map(({ name }) => name)
    .filter((name) => name !== ENDS_ITS_SESSION);

  it("has a sample here, so that none is forgotten", () => {
    assert.deepEqual(posts.toSorted(), Object.keys(samples).toSorted());
  });

  for (const name of posts) {
    it(`answers a repeat of its Idempotency-Key the same: ${name}`, async () => {
      const sample = await samples[name]?.();
      assert.ok(sample, "there is no sample of it");
      const [who, path, body] = sample;
      const key = { "idempotency-key": randomUUID() };
      const first = await who.post(path, body, key);
      assert.ok(first.status < 300, first.text);
      assert.equal(first.headers.get("idempotent-replayed"), null);
      const second = await who.post(path, body, key);
      assert.deepEqual(
        [second.status, second.text, second.headers.get("idempotent-replayed")],
        [first.status, first.text, "true"],
      );
    });
  }
});
