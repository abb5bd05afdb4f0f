import assert from "node:assert/strict";
import { status } from "@grpc/grpc-js";
import { after, before, describe, it } from "mocha";
import {
  encodeBadRequest,
  encodeErrorInfo,
  encodeRetryInfo,
  encodeStatus,
} from "#kit/google-rpc.ts";
import { refusal } from "./testing/backend.ts";
import { ask, type Bench, startBench } from "./testing/harness.ts";

const taken = encodeStatus({
  code: status.ALREADY_EXISTS,
  message: "bolts are there",
  details: [
    encodeErrorInfo({
      reason: "SKU_TAKEN",
      domain: "tradepost.dev",
      metadata: { productId: "p1" },
    }),
    encodeBadRequest([
      { field: "items[0].product_id", description: "is taken", reason: "string.pattern" },
      { field: 'by_name["a_b"]', description: "is odd", reason: "x" },
    ]),
    encodeRetryInfo(1_200),
  ],
});

describe("problems", () => {
  let bench: Bench;
  let failure: unknown;
  before(async () => {
    bench = await startBench({
      GetCrate: () => {
        throw failure;
      },
      UpdateCrate: () => {
        throw failure;
      },
      CreateCrate: () => ({}),
    });
  });
  after(() => bench.stop());

  it("tell what a service says, with reason, metadata and violations", async () => {
    failure = refusal(status.ALREADY_EXISTS, "bolts are there", taken);
    const { status: code, headers, json } = await ask(bench, "GET /v1/crates/1");
    assert.equal(code, 409);
    assert.equal(headers.get("content-type"), "application/problem+json");
    assert.equal(headers.get("cache-control"), "no-store");
    assert.equal(headers.get("retry-after"), "2");
    assert.deepEqual(json, {
      type: "https://tradepost.dev/errors/SKU_TAKEN",
      title: "The SKU is taken",
      status: 409,
      detail: "bolts are there",
      reason: "SKU_TAKEN",
      code: "ALREADY_EXISTS",
      requestId: headers.get("x-request-id"),
      metadata: { productId: "p1" },
      violations: [
        { field: "items[0].productId", rule: "string.pattern", message: "is taken" },
        { field: 'byName["a_b"]', rule: "x", message: "is odd" },
      ],
    });
  });

  it("name fields as the body has them", async () => {
    const details = [
      encodeErrorInfo({ reason: "INVALID_FIELD", domain: "tradepost.dev", metadata: {} }),
      encodeBadRequest([{ field: "crate.label", description: "is long", reason: "max" }]),
    ];
    const bytes = encodeStatus({ code: 3, message: "no", details });
    failure = refusal(status.INVALID_ARGUMENT, "no", bytes);
    const { json } = await ask(bench, "PATCH /v1/crates/1", { label: "x" });
    assert.equal(json.violations[0].field, "label");
  });

  const table: [code: status, httpStatus: number, reason: string, detail: RegExp][] = [
    [status.CANCELLED, 499, "CANCELLED", /went away/],
    [status.UNKNOWN, 500, "INTERNAL", /request id/],
    [status.INVALID_ARGUMENT, 400, "INVALID_FIELD", /secret/],
    [status.DEADLINE_EXCEEDED, 504, "DEADLINE_EXCEEDED", /too long/],
    [status.NOT_FOUND, 404, "NOT_FOUND", /secret/],
    [status.ALREADY_EXISTS, 409, "ALREADY_EXISTS", /secret/],
    [status.PERMISSION_DENIED, 403, "ROLE_REQUIRED", /secret/],
    [status.RESOURCE_EXHAUSTED, 503, "OVERLOADED", /busy/],
    [status.FAILED_PRECONDITION, 409, "FAILED_PRECONDITION", /secret/],
    [status.ABORTED, 409, "ABORTED", /secret/],
    [status.UNIMPLEMENTED, 501, "UNIMPLEMENTED", /implemented/],
    [status.INTERNAL, 500, "INTERNAL", /request id/],
    [status.UNAVAILABLE, 503, "DEPENDENCY_DOWN", /does not answer/],
    [status.UNAUTHENTICATED, 401, "INVALID_TOKEN", /secret/],
  ];
  for (const [code, httpStatus, reason, detail] of table) {
    it(`of a bare ${status[code]} are ${httpStatus} ${reason}`, async () => {
      failure = refusal(code, "secret of 10.0.0.1");
      const { status: answered, json, headers } = await ask(bench, "PATCH /v1/crates/1", {});
      assert.deepEqual([answered, json.reason], [httpStatus, reason]);
      assert.match(json.detail, detail);
      assert.equal(headers.get("www-authenticate"), answered === 401 ? "Bearer" : null);
      assert.equal(headers.get("retry-after"), answered === 503 ? "1" : null);
    });
  }

  it("say that a service is down, and not where", async () => {
    const dead = await startBench({}, { addressOf: () => "127.0.0.1:1" });
    const { status: code, json, text } = await ask(dead, "POST /v1/crates/1:seal");
    assert.deepEqual([code, json.reason], [503, "DEPENDENCY_DOWN"]);
    assert.doesNotMatch(text, /127\.0\.0\.1|ECONN/);
    await dead.stop();
  });

  it("of routes: 404, and 405 with what is allowed", async () => {
    assert.equal((await ask(bench, "GET /nowhere")).json.reason, "ROUTE_NOT_FOUND");
    const { status: code, json, headers } = await ask(bench, "PUT /v1/crates/1");
    assert.deepEqual([code, json.reason], [405, "METHOD_NOT_ALLOWED"]);
    assert.equal(headers.get("allow"), "GET, PATCH, DELETE, HEAD, OPTIONS");
    assert.equal((await ask(bench, "POST /health")).status, 405);
  });

  it("collect all that is wrong with a request", async () => {
    const body = { label: 3, items: [{ quantity: 1.5 }, { quantity: 2 ** 53, color: 1 }], x: 0 };
    const { status: code, json } = await ask(bench, "POST /v1/crates?dry=1", body);
    assert.deepEqual([code, json.reason], [400, "UNKNOWN_FIELD"]);
    assert.deepEqual(
      json.violations.map((violation: { field: string; rule: string }) => [
        violation.field,
        violation.rule,
      ]),
      [
        ["label", "type"],
        ["items[0].quantity", "type"],
        ["items[1].quantity", "range"],
        ["items[1].color", "unknown"],
        ["x", "unknown"],
        ["dry", "unknown"],
      ],
    );
  });

  const queries: [query: string, reason: string, field: string][] = [
    ["pageSize=x", "INVALID_FIELD", "pageSize"],
    ["pageSize=", "INVALID_FIELD", "pageSize"],
    ["pageSize=1&page_size=2", "INVALID_FIELD", "pageSize"],
    ["filter.nothing=1", "UNKNOWN_FIELD", "filter.nothing"],
    ["filter=1", "UNKNOWN_FIELD", "filter"],
    ["filter.hall=a&filter.yard=b", "INVALID_FIELD", "filter.yard"],
    ["pageToken=%00", "INVALID_FIELD", "pageToken"],
    ["pageToken=%ff", "INVALID_FIELD", "pageToken"],
    ["kinds=PLASTIC", "INVALID_FIELD", "kinds"],
    ["sealed=yes", "INVALID_FIELD", "sealed"],
    ["__proto__=1", "UNKNOWN_FIELD", "__proto__"],
  ];
  for (const [query, reason, field] of queries) {
    it(`refuse the query ${query}`, async () => {
      const { status: code, json } = await ask(bench, `GET /v1/crates?${query}`);
      assert.deepEqual([code, json.reason, json.violations[0].field], [400, reason, field]);
    });
  }

  it("refuse bytes in a path that are no text", async () => {
    for (const id of ["%ff", "%00", "%"]) {
      const { status: code, json } = await ask(bench, `GET /v1/crates/${id}`);
      assert.deepEqual([code, json.violations[0].field], [400, "id"]);
    }
  });

  it("refuse a body that contradicts the path, and one where there is none", async () => {
    const other = await ask(bench, "POST /v1/crates/1:seal", { id: "2" });
    assert.deepEqual(other.json.violations[0].field, "id");
    const none = await ask(bench, "DELETE /v1/crates/1", { force: true });
    assert.deepEqual([none.status, none.json.reason], [400, "UNKNOWN_FIELD"]);
  });
});
