import assert from "node:assert/strict";
import { before, describe, it } from "mocha";
import { type Body, type Module, type Resource, readModules, type Value } from "./configuration.ts";
import { demands, missingBeside, unmet } from "./encryption.ts";
import { keepsNothing } from "./keeps-nothing.ts";
import { TOOL_TIMEOUT_MS } from "./tools.ts";

describe("what keeps data in infra/terraform", () => {
  let modules: readonly Module[];
  let resources: readonly (Resource & { readonly module: Module })[];

  before(async function () {
    this.timeout(TOOL_TIMEOUT_MS);
    modules = await readModules();
    resources = modules.flatMap((module) => module.resources.map((one) => ({ ...one, module })));
  });

  it("is encrypted", () => {
    assert.deepEqual(
      resources.flatMap((one) => unmet(one).map((path) => `${one.type}.${one.name}: ${path}`)),
      [],
    );
  });

  it("is a bucket only with a key, and without a door to the world", () => {
    const buckets = resources.filter(({ type }) => type === "aws_s3_bucket");
    assert.notEqual(buckets.length, 0);
    assert.deepEqual(
      buckets.flatMap((one) => missingBeside(one.module, one)),
      [],
    );
    assert.deepEqual(
      missingBeside({ ...modules[0], resources: [] } as Module, buckets[0] as Resource),
      ["aws_s3_bucket_public_access_block", "aws_s3_bucket_server_side_encryption_configuration"],
    );
  });

  it("is known: a new kind of resource is either held to something or said to keep nothing", () => {
    const types = new Set(resources.map(({ type }) => type));
    const known = [...Object.keys(demands), ...keepsNothing];
    assert.deepEqual(
      known.filter((type) => !types.has(type)),
      [],
      "of which there is none",
    );
    assert.deepEqual(
      [...types].filter((type) => !known.includes(type)),
      [],
      "of which nothing is said",
    );
    assert.equal(new Set(known).size, known.length);
  });

  it("would be missed without any one of its settings", () => {
    for (const one of resources) {
      for (const { path } of demands[one.type] ?? []) {
        assert.deepEqual(
          unmet({ ...one, body: without(one.body, path.split(".")) }),
          [path],
          `${one.type}.${one.name}`,
        );
      }
    }
  });
});

/** The body as if nobody had written the setting at `path`. */
function without(body: Body, [name = "", ...rest]: readonly string[]): Body {
  if (rest.length === 0) {
    const { [name]: _, ...others } = body;
    return others;
  }
  const blocks = body[name] as readonly Body[];
  return { ...body, [name]: blocks.map((block): Value => without(block, rest)) };
}
