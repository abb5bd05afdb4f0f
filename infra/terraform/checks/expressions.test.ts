import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { namesIn } from "./expressions.ts";

describe("the names in an expression", () => {
  it("are found wherever they stand", () => {
    const body = {
      plain: `\${var.name}`,
      text: `alias/\${local.key}-\${module.key.arn}`,
      list: [
        { inner: `\${merge(local.a, { for one in var.b : "\${one}.\${data.x_y.z.id}" => one })}` },
      ],
      counted: `\${module.one[0].arn} \${merge(module.all[*].rest...)}`,
      keys: Object.fromEntries([[`\${var.key}`, true]]),
    };
    assert.deepEqual([...namesIn(body)].sort(), [
      "data.x_y.z.id",
      "local.a",
      "local.key",
      "module.all.rest",
      "module.key.arn",
      "module.one.arn",
      "var.b",
      "var.key",
      "var.name",
    ]);
  });

  it("are none of what only looks like one", () => {
    const literals = ["var.name", `$\${var.a}`, `\${f("var.b", 1.5)}`];
    assert.deepEqual([...namesIn(literals)], []);
  });
});
