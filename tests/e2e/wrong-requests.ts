/** Wrong requests, each with the problem document that it must get. */
import { type Answer, printedOrder, type Rest } from "./rest.ts";

export interface Case {
  readonly what: string;
  readonly ask: () => Promise<Answer>;
  readonly status: number;
  readonly reason: string;
  /** A field that must be named. */
  readonly field?: string;
}

export interface Callers {
  readonly api: Rest;
  readonly demo: Rest;
  readonly merchant: Rest;
}

export function wrongRequests({ api, demo, merchant }: Callers): readonly Case[] {
  const orders = "/api/v1/orders";
  const json = { "content-type": "application/json" };
  const raw = (body: string, headers: Record<string, string> = json) =>
    demo.send("POST", orders, { body, headers });
  const order = (changes: object) => demo.post(orders, { ...printedOrder, ...changes });
  const quantity = (value: unknown) =>
    raw(
      JSON.stringify(printedOrder).replace(
        '"quantity":2',
        `"quantity":${typeof value === "string" ? value : JSON.stringify(value)}`,
      ),
    );

  return [
    refused("an unknown field", 400, "UNKNOWN_FIELD", () => order({ colour: "red" }), "colour"),
    refused("a wrong type", 400, "INVALID_FIELD", () => order({ items: "all of it" }), "items"),
    refused(
      "a missing field",
      400,
      "INVALID_FIELD",
      () => order({ shipping_address: undefined }),
      "shippingAddress",
    ),
    refused("no items", 400, "INVALID_FIELD", () => order({ items: [] }), "items"),
    refused("a quantity of 0", 400, "INVALID_FIELD", () => quantity(0), "items[0].quantity"),
    refused(
      "a quantity of 2^53+1",
      400,
      "INVALID_FIELD",
      () => quantity("9007199254740993"),
      "items[0].quantity",
    ),
    refused("a quantity of 1.5", 400, "INVALID_FIELD", () => quantity(1.5), "items[0].quantity"),
    refused("somebody else as the buyer", 403, "NOT_OWNER", () => order({ user_id: "user-admin" })),
    refused("broken JSON", 400, "MALFORMED_JSON", () => raw('{"items": [')),
    refused("a doubled name", 400, "INVALID_FIELD", () =>
      raw('{"payment_method": "a", "payment_method": "b"}'),
    ),
    refused(
      "a webhook to localhost",
      400,
      "INVALID_FIELD",
      () => merchant.post("/api/v1/webhook-endpoints", { url: "https://localhost/hook" }),
      "url",
    ),
    refused("2 MiB of JSON", 413, "BODY_TOO_LARGE", () =>
      order({ payment_method: "x".repeat(2 * 1024 * 1024) }),
    ),
    refused("a body that is not JSON", 415, "UNSUPPORTED_MEDIA_TYPE", () =>
      raw("<order/>", { "content-type": "application/xml" }),
    ),
    refused("an unknown route", 404, "ROUTE_NOT_FOUND", () => api.get("/api/v1/nothing")),
    refused("an unknown verb", 404, "ROUTE_NOT_FOUND", () => demo.post(`${orders}/o1:explode`)),
    refused("an order that is not there", 404, "ORDER_NOT_FOUND", () =>
      demo.get(`${orders}/nobody-has-this`),
    ),
    refused(
      "an id that cannot be one",
      400,
      "INVALID_FIELD",
      () => demo.get(`${orders}/a%20b`),
      "id",
    ),
    refused("no credentials", 401, "MISSING_CREDENTIALS", () => api.get(orders)),
    refused("a token that is none", 401, "INVALID_TOKEN", () =>
      api.get(orders, { authorization: "Bearer nonsense" }),
    ),
    refused("a role that does not suffice", 403, "ROLE_REQUIRED", () =>
      demo.get("/api/v1/analytics/windows"),
    ),
    refused(
      "a page of 0",
      400,
      "INVALID_FIELD",
      () => api.get("/api/v1/products?page_size=0"),
      "pageSize",
    ),
    refused(
      "a page of 101",
      400,
      "INVALID_FIELD",
      () => api.get("/api/v1/products?pageSize=101"),
      "pageSize",
    ),
    refused("a forged page token", 400, "INVALID_PAGE_TOKEN", () =>
      api.get("/api/v1/products?pageToken=forged"),
    ),
    refused(
      "an unknown query parameter",
      400,
      "UNKNOWN_FIELD",
      () => api.get("/api/v1/products?colour=red"),
      "colour",
    ),
    refused("a stale etag", 412, "STALE_ETAG", () =>
      merchant.send("PATCH", "/api/v1/products/prod-002", {
        body: '{"name": "Other"}',
        headers: { ...json, "if-match": '"stale"' },
      }),
    ),
    refused("a forged webhook", 400, "INVALID_SIGNATURE", () =>
      api.send("POST", "/webhooks/stripe", {
        body: "{}",
        headers: { ...json, "stripe-signature": "t=1,v1=00" },
      }),
    ),
    refused("a key that is too long", 400, "INVALID_FIELD", () =>
      demo.post(orders, printedOrder, { "idempotency-key": "k".repeat(256) }),
    ),
    refused(
      "a NUL in a string",
      400,
      "INVALID_FIELD",
      () => demo.post(orders, { ...printedOrder, payment_method: "pm\u0000" }),
      "payment_method",
    ),
  ];
}

function refused(
  what: string,
  status: number,
  reason: string,
  ask: () => Promise<Answer>,
  field?: string,
): Case {
  return { what, ask, status, reason, ...(field && { field }) };
}
