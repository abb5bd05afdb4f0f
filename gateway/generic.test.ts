import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "mocha";
import { descriptors } from "#gen/descriptors.ts";
import { contractOf } from "./contract/contract.ts";
import { compile, depot } from "./testing/contract.ts";
import { ask, startBench } from "./testing/harness.ts";

const addition = `
  // Weighs a crate. Changes nothing.
  rpc WeighCrate(WeighCrateRequest) returns (WeighCrateResponse) {
    option (google.api.http) = {post: "/v1/crates/{crate_id}:weigh" body: "*"};
    option (tradepost.policy.v1.access) = {roles: [SUPPORT] scopes: ["crates:read"]};
  }
}
message WeighCrateRequest {
  string crate_id = 1 [(buf.validate.field).string.max_len = 12];
  int32 times = 2 [(buf.validate.field).int32 = {gte: 1, lte: 9}];
}
message WeighCrateResponse {
  int64 grams = 1;
}

// A crate.`;

describe("the gateway", () => {
  it("serves an rpc that was added to a contract, with nothing of its own changed", async () => {
    const source = depot.replace("}\n\n// A crate.", addition.trimStart());
    assert.notEqual(source, depot);
    const bench = await startBench(
      { WeighCrate: ({ crateId, times }) => ({ grams: `${crateId.length * times}` }) },
      { descriptors: compile(source) },
    );
    const { status, json } = await ask(bench, "POST /v1/crates/abc:weigh", { times: 4 });
    assert.deepEqual([status, json], [200, { grams: "12" }]);
    const wrong = await ask(bench, "POST /v1/crates/abc:weigh", { times: "x", often: 1 });
    assert.deepEqual([wrong.status, wrong.json.violations.length], [400, 2]);
    const { json: document } = await ask(bench, "GET /openapi.json");
    const operation = document.paths["/v1/crates/{crate_id}:weigh"].post;
    assert.equal(operation.summary, "Weighs a crate.");
    assert.deepEqual(operation["x-access"].roles, ["SUPPORT"]);
    assert.equal(operation.parameters[0].schema.maxLength, 12);
    const body = operation.requestBody.content["application/json"].schema;
    assert.deepEqual([body.properties.times.minimum, body.properties.times.maximum], [1, 9]);
    await bench.stop();
  });

  it("names no service, route or message of the contracts in any file", () => {
    const { rpcs } = contractOf(descriptors);
    const names = rpcs.flatMap(({ method, options }) => [
      method.parent.name,
      method.name,
      method.input.name,
      method.output.name,
      ...options.http.map(({ path }) => path),
    ]);
    const files = readdirSync("gateway", { recursive: true, encoding: "utf8" });
    for (const file of files.filter((name) => /\.ts$/.test(name) && !/test/.test(name))) {
      const words = new Set(readFileSync(join("gateway", file), "utf8").split(/[^\w/{}:.-]+/));
      const found = names.filter((name) => words.has(name) || words.has(`"${name}"`));
      assert.deepEqual(found, [], `gateway/${file}`);
    }
  });
});
