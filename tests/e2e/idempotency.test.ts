import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { before, describe, it } from "mocha";
import pg from "pg";
import type { Mesh } from "../../infra/dev/mesh.ts";
import { restart, theMesh } from "./mesh.ts";
import { type Answer, eventually, printedOrder, type Rest } from "./rest.ts";

describe("a request with an Idempotency-Key", function () {
  this.timeout(120_000);
  let mesh: Mesh;
  let people: { nobody: Rest; demo: Rest; merchant: Rest; support: Rest; admin: Rest };
  before(async () => {
    const { mesh: started, api } = await theMesh();
    mesh = started;
    const [demo, merchant, support, admin] = (await Promise.all(
      ["demo", "merchant", "support", "admin"].map((name) => api.as(`${name}@tradepost.dev`)),
    )) as [Rest, Rest, Rest, Rest];
    people = { nobody: api, demo, merchant, support, admin };
  });

  const newKey = () => `e2e ${randomUUID()}`;
  const withKey = (key: string) => ({ "idempotency-key": key });
  const order = (changes: object = {}) => ({ ...printedOrder, ...changes });
  const isReplayed = ({ headers }: Answer) => headers.get("idempotent-replayed") === "true";
  /** All that a client sees of an answer but what is the exchange's own. */
  const seen = ({ status, headers, text }: Answer) => ({
    status,
    text,
    type: headers.get("content-type"),
    etag: headers.get("etag"),
    location: headers.get("location"),
  });

  it("is answered the same again, byte for byte, also after its service was killed", async () => {
    const { demo, merchant, support } = people;
    const sku = randomUUID().slice(0, 12);
    const product = { sku, name: "Mug", price: { currencyCode: "USD", amount: "900" } };
    const placed = await demo.post("/api/v1/orders", order());
    const [payment] = (await demo.get(`/api/v1/orders/${placed.body.id}/payments`)).body.payments;
    const declined = order({ payment_method: "pm_card_visa_chargeDeclined" });
    const refund = { amount: { currencyCode: "USD", amount: "1" }, reason: "late" };
    const requests: [who: Rest, path: string, body: object, status: number][] = [
      [demo, "/api/v1/orders", order(), 201],
      [demo, "/api/v1/orders", declined, 402],
      [demo, "/api/v1/orders", order({ items: [{ productId: "nowhere", quantity: 1 }] }), 404],
      [demo, "/api/v1/orders", order({ items: [{ productId: "prod-200", quantity: 1 }] }), 409],
      [merchant, "/api/v1/products", product, 201],
      [support, `/api/v1/payments/${payment.id}:refund`, refund, 200],
    ];
    const keys = requests.map(newKey);
    const send = () =>
      Promise.all(
        requests.map(([who, path, body], at) =>
          // The gateway may not have found a service again that was restarted.
          eventually(
            () => who.post(path, body, withKey(keys[at] ?? "")),
            ({ status }) => status !== 503,
          ),
        ),
      );
    const first = await send();
    assert.deepEqual(
      first.map(({ status }) => status),
      requests.map(([, , , status]) => status),
      first.map(({ text }) => text).join("\n"),
    );
    assert.ok(!first.some(isReplayed));
    const again = await send();
    await Promise.all(["order", "payment", "product"].map((name) => restart(mesh, name)));
    const afterwards = await send();
    for (const answers of [again, afterwards]) {
      assert.deepEqual(answers.map(seen), first.map(seen));
      assert.ok(answers.every(isReplayed));
    }
    assert.ok(first[0]?.headers.get("location")?.endsWith(first[0].body.id));
    // A problem says whose it was; the answer's own header says whose it is.
    assert.equal(afterwards[1]?.body.requestId, first[1]?.headers.get("x-request-id"));
    assert.notEqual(afterwards[1]?.headers.get("x-request-id"), afterwards[1]?.body.requestId);
  });

  it("is refused with 422 for another request, and is its caller's and its rpc's own", async () => {
    const { demo, support, admin } = people;
    const key = newKey();
    const body = order({ user_id: undefined });
    const first = await demo.post("/api/v1/orders", body, withKey(key));
    const more = order({ items: [{ product_id: "prod-001", quantity: 3 }] });
    const other = await demo.post("/api/v1/orders", more, withKey(key));
    assert.deepEqual([other.status, other.body.reason], [422, "IDEMPOTENCY_KEY_REUSED"]);
    // The same decoded request, in other words.
    const { user_id: _, items: __, ...rest } = body;
    const same = { items: [{ productId: "prod-001", quantity: "2" }], ...rest };
    assert.deepEqual(seen(await demo.post("/api/v1/orders", same, withKey(key))), seen(first));
    for (const another of [support, admin]) {
      const answer = await another.post("/api/v1/orders", body, withKey(key));
      assert.deepEqual([answer.status, isReplayed(answer)], [201, false]);
      assert.notEqual(answer.body.id, first.body.id);
    }
    const cancel = `/api/v1/orders/${first.body.id}:cancel`;
    const cancelled = await demo.post(cancel, { reason: "x" }, withKey(key));
    assert.deepEqual([cancelled.status, isReplayed(cancelled)], [200, false]);
  });

  it("takes effect once, however many arrive at once", async () => {
    const { demo } = people;
    const key = newKey();
    const answers = await Promise.all(
      Array.from({ length: 20 }, () =>
        eventually(
          () => demo.post("/api/v1/orders", order(), withKey(key)),
          ({ body }) => body?.reason !== "IDEMPOTENCY_IN_PROGRESS",
        ),
      ),
    );
    assert.deepEqual([...new Set(answers.map(({ status }) => status))], [201]);
    assert.equal(new Set(answers.map(({ text }) => text)).size, 1);
    assert.equal(answers.filter((answer) => !isReplayed(answer)).length, 1);
  });

  it("waits for the first one, and is told when to come back", async () => {
    const { merchant } = people;
    const key = newKey();
    const sku = randomUUID().slice(0, 12);
    const body = { sku, name: "Cup", price: { currencyCode: "USD", amount: "800" } };
    const send = () => merchant.post("/api/v1/products", body, withKey(key));
    const first = new pg.Client(mesh.databaseUrls.product);
    await first.connect();
    // As one stands that has written its key and not yet ended.
    await first.query("begin");
    await first.query(
      `insert into idempotency_keys (caller, rpc, key, request_hash)
       values ('user-merchant', 'tradepost.product.v1.ProductService/CreateProduct', $1, '')`,
      [key],
    );
    const told = await send();
    assert.deepEqual([told.status, told.body.reason], [409, "IDEMPOTENCY_IN_PROGRESS"]);
    assert.equal(told.headers.get("retry-after"), "1");
    const waiting = send();
    await first.query("rollback");
    await first.end();
    const done = await waiting;
    assert.deepEqual([done.status, isReplayed(done)], [201, false]);
  });

  it("keeps nothing that was the moment's, and asks who it is before it answers", async () => {
    const { demo, nobody, merchant } = people;
    const key = newKey();
    const bad = await demo.post("/api/v1/orders", order({ items: [] }), withKey(key));
    assert.equal(bad.status, 400);
    const forbidden = await demo.post("/api/v1/orders", order({ user_id: "else" }), withKey(key));
    assert.equal(forbidden.status, 403);
    const good = await demo.post("/api/v1/orders", order(), withKey(key));
    assert.deepEqual([good.status, isReplayed(good)], [201, false]);
    const stranger = await nobody.post("/api/v1/orders", order(), withKey(key));
    assert.equal(stranger.status, 401);
    const path = "/api/v1/products/prod-001:adjustStock";
    const body = { delta: 1, reason: "count" };
    assert.equal((await demo.post(path, body, withKey(key))).status, 403);
    const adjusted = await merchant.post(path, body, withKey(key));
    assert.deepEqual([adjusted.status, isReplayed(adjusted)], [200, false]);
  });

  it("is ignored by what is public, whose answers nobody keeps", async () => {
    const { nobody } = people;
    const key = newKey();
    const body = { email: "demo@tradepost.dev", password: "tradepost-demo-1" };
    const tokens = await Promise.all(
      [1, 2].map(async () => nobody.post("/api/v1/auth/login", body, withKey(key))),
    );
    assert.ok(tokens.every((answer) => answer.status === 200 && !isReplayed(answer)));
    assert.equal(new Set(tokens.map(({ body: told }) => told.refreshToken)).size, 2);
    const other = await nobody.post(
      "/api/v1/auth/login",
      { ...body, email: "x@y.de" },
      withKey(key),
    );
    assert.equal(other.status, 401);
  });
});
