import assert from "node:assert/strict";
import { before, describe, it } from "mocha";
import { descriptors } from "#gen/descriptors.ts";
import { openapi } from "#gen/openapi.ts";
import { contractOf } from "../contract/contract.ts";
import { depotDescriptors } from "../testing/harness.ts";
import { documentOfContract } from "./document.ts";

// biome-ignore lint/suspicious/noExplicitAny: a document of any shape is what is tested
type Any = any;

describe("openapi", () => {
  let document: Any;
  before(() => {
    document = documentOfContract(contractOf(depotDescriptors()));
  });

  it("has a path for each route, and none for what is not on the gateway", () => {
    assert.deepEqual(Object.keys(document.paths), [
      "/hooks/{source}",
      "/v1/ask/{rest}",
      "/v1/crates",
      "/v1/crates/me",
      "/v1/crates/{id}",
      "/v1/crates/{id}:seal",
      "/v1/crates/{id}:watch",
      "/v1/echo",
      "/v1/{name}",
    ]);
  });

  it("has the query's parameters by their JSON names, with their rules", () => {
    const { parameters } = document.paths["/v1/crates"].get;
    const names = parameters.map(({ name }: { name: string }) => name);
    assert.deepEqual(names, [
      "pageSize",
      "pageToken",
      "filter.kind",
      "filter.minWeight",
      "filter.since",
      "filter.hall",
      "filter.yard",
      "tags",
      "kinds",
      "sealed",
    ]);
    assert.deepEqual(parameters[0].schema, {
      type: "integer",
      format: "int32",
      minimum: 1,
      maximum: 100,
    });
  });

  it("says who may call, what comes back and what may go wrong", () => {
    const { post, get } = document.paths["/v1/crates"];
    assert.deepEqual(post.security, [{ bearer: [] }, { "depot-badge": [] }]);
    assert.deepEqual(document.paths["/v1/crates/me"].get.security, [{ bearer: [] }]);
    assert.deepEqual(document.components.securitySchemes["depot-badge"], {
      type: "apiKey",
      in: "header",
      name: "depot-badge",
    });
    assert.deepEqual(post["x-access"].roles, ["MERCHANT"]);
    assert.deepEqual(Object.keys(post.responses), [
      "201",
      "400",
      "401",
      "403",
      "409",
      "413",
      "415",
      "500",
      "503",
      "504",
    ]);
    assert.match(post.responses[409].description, /SKU_TAKEN/);
    assert.deepEqual(Object.keys(get.responses).slice(0, 1), ["200"]);
    assert.deepEqual(document.paths["/v1/crates/{id}"].get.security, []);
    assert.deepEqual(Object.keys(document.paths["/v1/crates/{id}"].delete.responses)[0], "204");
  });

  it("has the rules and comments of messages", () => {
    const { components } = document;
    const request = components.schemas["testing.depot.v1.CreateCrateRequest"];
    assert.deepEqual(request.required, ["label"]);
    assert.deepEqual(request.properties.label, { type: "string", minLength: 1, maxLength: 40 });
    assert.deepEqual(request.properties.items.maxItems, 100);
    const kind = components.schemas["testing.depot.v1.Crate.Kind"];
    assert.equal(kind.description, "What a crate is.\n- `WOOD`: Of wood.");
  });

  for (const [name, make] of [
    ["a contract of the tests", () => documentOfContract(contractOf(depotDescriptors()))],
    ["the shipped contracts", () => JSON.parse(openapi)],
  ] as const) {
    it(`is sound for ${name}`, () => checkSound(make()));
  }

  it("is the same, byte for byte, for the same contracts", () => {
    const again = documentOfContract(contractOf(depotDescriptors()));
    assert.equal(JSON.stringify(again), JSON.stringify(document));
  });

  it("was generated from the contracts that are shipped", () => {
    const made = documentOfContract(contractOf(descriptors));
    assert.deepEqual(withoutWords(JSON.parse(openapi)), withoutWords(made));
  });
});

/** What OpenAPI asks for beyond its schema: references, parameters and names that fit. */
function checkSound(document: Any): void {
  const ids: string[] = [];
  for (const [path, operations] of Object.entries<Any>(document.paths)) {
    const wanted = [...path.matchAll(/\{([^}]+)\}/g)].map(([, name]) => name);
    for (const operation of Object.values<Any>(operations)) {
      ids.push(operation.operationId);
      const names = operation.parameters.map((one: Any) => `${one.in} ${one.name}`);
      assert.equal(new Set(names).size, names.length, operation.operationId);
      const inPath = operation.parameters.filter((one: Any) => one.in === "path");
      assert.deepEqual(inPath.map((one: Any) => one.name).sort(), wanted.sort());
      assert.ok(inPath.every((one: Any) => one.required));
      assert.ok(Object.values<Any>(operation.responses).every((one) => one.description));
    }
  }
  assert.equal(new Set(ids).size, ids.length);
  for (const [, pointer = ""] of JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)) {
    const found = pointer.split("/").reduce((value: Any, step) => value?.[step], document);
    assert.ok(found, pointer);
  }
}

/** Comments come with the generated document alone. */
function withoutWords(document: Any): Any {
  return JSON.parse(
    JSON.stringify(document, (key, value) =>
      ["description", "summary"].includes(key) && typeof value === "string" ? undefined : value,
    ),
  );
}
