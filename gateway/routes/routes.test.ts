import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { parseTemplate } from "./template.ts";
import { RouteTree } from "./tree.ts";

const templates = [
  "GET /v1/things",
  "POST /v1/things",
  "GET /v1/things:search",
  "GET /v1/things/{id}",
  "POST /v1/things/{id}:cancel",
  "GET /v1/things/{id}/parts/{part}",
  "GET /v1/things/me",
  "POST /v1/things/me:cancel",
  "GET /v1/{name=halls/*/shelves/*}",
  "GET /v1/{name=halls/*/shelves/*}:open",
  "GET /v1/halls/*/doors",
  "GET /files/{path=**}",
  "GET /files/{path=**}:info",
  "GET /files/index",
  "GET /docs/{path=v1/**}",
  "GET /",
  "GET /.well-known/keys.json",
];

const tree = new RouteTree<string>();
for (const template of templates) {
  const [method = "", path = ""] = template.split(" ");
  tree.add(method, parseTemplate(path), template);
}

function find(request: string): string | undefined {
  const [method = "", path = ""] = request.split(" ");
  return tree.find(path)?.methods.get(method);
}

const table: [request: string, route: string | undefined][] = [
  ["GET /v1/things", "GET /v1/things"],
  ["POST /v1/things", "POST /v1/things"],
  ["GET /v1/things/", undefined],
  ["GET /v1/things:search", "GET /v1/things:search"],
  ["GET /v1/things:nothing", undefined],
  ["GET /v1/things:", undefined],
  ["GET /v1/things%3Asearch", undefined],
  ["GET /v1/%74hings", "GET /v1/things"],
  ["GET /v1/things/1", "GET /v1/things/{id}"],
  ["GET /v1/things/a%2Fb", "GET /v1/things/{id}"],
  ["GET /v1/things/a%3Acancel", "GET /v1/things/{id}"],
  ["GET /v1/things/%", "GET /v1/things/{id}"],
  ["POST /v1/things/1:cancel", "POST /v1/things/{id}:cancel"],
  ["POST /v1/things/a:b:cancel", "POST /v1/things/{id}:cancel"],
  ["GET /v1/things/1:nothing", undefined],
  ["POST /v1/things/:cancel", undefined],
  ["GET /v1/things/me", "GET /v1/things/me"],
  ["GET /v1/things/m%65", "GET /v1/things/me"],
  ["POST /v1/things/me:cancel", "POST /v1/things/me:cancel"],
  ["GET /v1/things/me/parts/1", undefined],
  ["GET /v1/things/1/parts/2", "GET /v1/things/{id}/parts/{part}"],
  ["GET /v1/things/1/parts", undefined],
  ["GET /v1/halls/1/shelves/2", "GET /v1/{name=halls/*/shelves/*}"],
  ["GET /v1/halls/1/shelves/2:open", "GET /v1/{name=halls/*/shelves/*}:open"],
  ["GET /v1/halls/1/doors", "GET /v1/halls/*/doors"],
  ["GET /v1/halls//doors", undefined],
  ["GET /files", "GET /files/{path=**}"],
  ["GET /files/a/b/c", "GET /files/{path=**}"],
  ["GET /files/index", "GET /files/index"],
  ["GET /files/index/deeper", "GET /files/{path=**}"],
  ["GET /files/a/b:info", "GET /files/{path=**}:info"],
  ["GET /files/a/b:other", undefined],
  ["GET /docs/v1/x/y", "GET /docs/{path=v1/**}"],
  ["GET /docs/v2/x", undefined],
  ["GET /", "GET /"],
  ["GET //", undefined],
  ["GET /.well-known/keys.json", "GET /.well-known/keys.json"],
  ["GET /__proto__", undefined],
];

describe("routes", () => {
  for (const [request, route] of table) {
    it(`${request} is ${route ?? "no route"}`, () => {
      assert.equal(find(request), route);
    });
  }

  it("are refused when two rpcs claim one", () => {
    assert.throws(() => tree.add("GET", parseTemplate("/v1/things/{name}"), "again"), /two rpcs/);
  });

  for (const wrong of [
    "things",
    "/a//b",
    "/{a",
    "/{a=**}/b",
    "/a:",
    "/a{b}",
    "/{=x}",
    "/a/b:c/d",
  ]) {
    it(`are not made of ${wrong}`, () => {
      assert.throws(() => parseTemplate(wrong), /template|end/);
    });
  }
});
