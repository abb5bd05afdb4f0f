import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "mocha";
import { imageIn } from "../../cli/cluster/plan.ts";
import { root } from "../dev/root.ts";
import { withImage } from "./overlay.ts";

const name = "ghcr.io/somebody/tradepost";
const digest = `sha256:${"0a".repeat(32)}`;

describe("the image of an overlay", () => {
  it("is set by digest, in the place of a tag, and nothing else changes", () => {
    const before = [
      "# What production is.",
      "resources:",
      "  - ../../base",
      "patches: [{path: shop.yaml}, {path: payment.yaml}]",
      "images:",
      "  - name: tradepost # every process",
      "    newTag: dev",
      "",
    ];
    const after = [...before.slice(0, 6), `    newName: ${name}`, `    digest: ${digest}`, ""].join(
      "\n",
    );
    assert.equal(withImage(before.join("\n"), name, digest), after);
    assert.equal(withImage(after, name, digest), after);
  });

  it("is known to tradepost up by the name that it has then", async () => {
    const file = join(root, "k8s/overlays/production/kustomization.yaml");
    const overlay = await readFile(file, "utf8");
    assert.equal(imageIn(overlay), "tradepost");
    assert.equal(imageIn(withImage(overlay, name, digest)), name);
  });

  it("is refused if it could be another one tomorrow", () => {
    const overlay = "images:\n  - name: tradepost\n";
    assert.throws(() => withImage(overlay, name, "latest"), /^Error: latest is no digest/);
    assert.throws(() => withImage(overlay, name, ""), /^Error: nothing is no digest/);
    assert.throws(() => withImage(overlay, "tradepost:1 x", digest), /is no image's name/);
  });

  it("is not guessed where there is none, or more than one", () => {
    for (const overlay of ["resources: []\n", "images:\n  - name: a\n  - name: b\n"]) {
      assert.throws(() => withImage(overlay, name, digest), /must name one image/);
    }
  });
});
