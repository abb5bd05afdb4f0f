import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { ask, type Bench, startBench } from "./testing/harness.ts";

const crate = {
  id: "c-1",
  label: "Bolts",
  kind: "WOOD",
  weight: "9007199254740993",
  tags: [],
  createTime: "2026-01-31T12:00:00.500Z",
  etag: "e1",
};

describe("gateway", () => {
  let bench: Bench;
  before(async () => {
    bench = await startBench({
      GetCrate: (request) => ({ crate: { ...crate, id: request.id || request.name } }),
      GetMine: () => ({ whose: "mine" }),
      ListCrates: (request) => ({ crates: [{ ...crate, label: JSON.stringify(request) }] }),
      CreateCrate: ({ label, items }) => ({
        crate: { ...crate, id: "new/1", label: `${label} ${items.length}` },
      }),
      UpdateCrate: (request) => ({ crate: { ...crate, label: JSON.stringify(request) } }),
      DeleteCrate: () => ({}),
      SealCrate: (request) => ({ sealed: !request.reason || request.id === "c 1" }),
      Hook: ({ body, source }, { metadata }) => ({
        body: {
          contentType: body.contentType,
          data: Buffer.from(
            `${source} ${metadata.get("depot-signature")} ${Buffer.from(body.data, "base64")}`,
          ).toString("base64"),
        },
      }),
      Ask: (request) => request,
    });
  });
  after(() => bench.stop());

  it("answers canonical JSON with every field of implicit presence", async () => {
    const { status, text, headers } = await ask(bench, "GET /v1/crates/c-1");
    assert.equal(status, 200);
    assert.equal(headers.get("content-type"), "application/json");
    assert.deepEqual(JSON.parse(text), crate);
    const list = await ask(bench, "GET /v1/crates");
    assert.deepEqual(Object.keys(list.json), ["crates"]);
  });

  it("binds an additional route, several segments to one field", async () => {
    const { json } = await ask(bench, "GET /v1/halls/a%2Fb/crates/c%20d");
    assert.equal(json.id, "halls/a%2Fb/crates/c d");
  });

  it("takes a literal segment for no id, and an encoded colon for no verb", async () => {
    assert.deepEqual((await ask(bench, "GET /v1/crates/me")).json, { whose: "mine" });
    assert.equal((await ask(bench, "GET /v1/crates/a%3Aseal")).json.id, "a:seal");
    assert.equal((await ask(bench, "GET /v1/crates/a:nothing")).json.reason, "ROUTE_NOT_FOUND");
  });

  it("binds the query by either name, nested and repeated", async () => {
    const query =
      "page_size=20&pageToken=a+b%2Bc&filter.kind=STEEL&filter.min_weight=3" +
      "&filter.since=2026-01-01T00:00:00Z&tags=x&tags=y&kinds=1&kinds=STEEL&sealed=true";
    const { json } = await ask(bench, `GET /v1/crates?${query}`);
    assert.deepEqual(JSON.parse(json.crates[0].label), {
      pageSize: 20,
      pageToken: "a b+c",
      filter: { kind: "STEEL", minWeight: 3, since: "2026-01-01T00:00:00Z" },
      tags: ["x", "y"],
      kinds: ["WOOD", "STEEL"],
      sealed: true,
    });
  });

  it("binds a path of any length", async () => {
    const { json } = await ask(bench, "GET /v1/ask/files/a/b%2Fc/d%20e?oddly=7&itself.aBool=true");
    assert.equal(json.rest, "files/a/b%2Fc/d e");
    assert.equal(json.oddly, 7);
    assert.equal(json.itself.aBool, true);
  });

  it("answers 201 with the place of what was made", async () => {
    const body = { label: "Nuts", items: [{ product_id: "p", quantity: "3" }] };
    const { status, headers, json } = await ask(bench, "POST /v1/crates", body);
    assert.equal(status, 201);
    assert.equal(headers.get("location"), "/v1/crates/new%2F1");
    assert.equal(json.label, "Nuts 1");
  });

  it("makes a PATCH's mask of the fields in the body, null included", async () => {
    const body = { label: "new", note: null, tags: [] };
    const { status, json } = await ask(bench, "PATCH /v1/crates/c-1", body, { "if-match": '"e0"' });
    assert.equal(status, 200);
    assert.deepEqual(JSON.parse(json.label), {
      id: "c-1",
      crate: { label: "new" },
      updateMask: "label,note,tags",
      etag: "e0",
    });
  });

  it("answers 204 to DELETE, and takes If-Match: *", async () => {
    const { status, text } = await ask(bench, "DELETE /v1/crates/1", undefined, {
      "if-match": "*",
    });
    assert.deepEqual([status, text], [204, ""]);
  });

  it("takes an empty body for an empty object", async () => {
    assert.deepEqual((await ask(bench, "POST /v1/crates/1:seal")).json, { sealed: true });
    const named = await ask(bench, "POST /v1/crates/c%201:seal", { id: "c 1", reason: "full" });
    assert.deepEqual(named.json, { sealed: true });
  });

  it("answers ETag, and 304 where the client has it", async () => {
    const first = await ask(bench, "GET /v1/crates/c-1");
    assert.equal(first.headers.get("etag"), '"e1"');
    assert.equal(first.headers.get("cache-control"), "public, max-age=30");
    for (const known of ['"e1"', 'W/"e1"', '"e0", "e1"', "*"]) {
      const again = await ask(bench, "GET /v1/crates/1", undefined, { "if-none-match": known });
      assert.deepEqual([again.status, again.text], [304, ""]);
    }
    const other = await ask(bench, "GET /v1/crates/1", undefined, { "if-none-match": '"e2"' });
    assert.equal(other.status, 200);
    assert.equal((await ask(bench, "GET /v1/crates")).headers.get("cache-control"), "no-store");
  });

  it("carries bodies that are not JSON, and the headers that the contract names", async () => {
    const headers = {
      "content-type": "application/x-www-form-urlencoded",
      "depot-signature": "s1",
    };
    const { text, headers: answered } = await ask(bench, "POST /hooks/bank", "a=1&b=2", headers);
    assert.equal(text, "bank s1 a=1&b=2");
    assert.equal(answered.get("content-type"), "application/x-www-form-urlencoded");
  });

  it("answers HEAD without a body and OPTIONS with what there is", async () => {
    const head = await ask(bench, "HEAD /v1/crates/c-1");
    assert.deepEqual([head.status, head.text], [200, ""]);
    assert.ok(Number(head.headers.get("content-length")) > 100);
    const options = await ask(bench, "OPTIONS /v1/crates/c-1");
    assert.equal(options.status, 204);
    assert.equal(options.headers.get("allow"), "GET, PATCH, DELETE, HEAD, OPTIONS");
  });

  it("sends the headers that protect browsers, and never who it is", async () => {
    const { headers } = await ask(bench, "GET /v1/crates/c-1");
    assert.equal(headers.get("x-content-type-options"), "nosniff");
    assert.equal(headers.get("x-powered-by"), null);
    assert.match(headers.get("content-security-policy") ?? "", /default-src/);
  });
});
