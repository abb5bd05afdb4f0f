import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { describe, it } from "mocha";
import { theMesh } from "./mesh.ts";

const pages = [
  "README.md",
  "CONTRIBUTING.md",
  "SECURITY.md",
  ...["after-the-order", "decisions", "load", "measure", "orders", "run", "versions"].map(
    (page) => `docs/${page}.md`,
  ),
];

describe("the documentation", function () {
  this.timeout(90_000);

  it("has a curl that works as printed", async function () {
    if (process.platform === "win32") {
      this.skip();
    }
    const { mesh } = await theMesh();
    const blocks = (await readFile("README.md", "utf8")).matchAll(/```sh\n(.*?)```/gs);
    const printed = [...blocks].map(([, block]) => block ?? "").find((block) => /curl/.test(block));
    assert.ok(printed);
    const script = printed.replaceAll("http://127.0.0.1:8080", mesh.gatewayUrl);
    const { stdout } = await promisify(execFile)("sh", ["-c", script]);
    assert.equal(JSON.parse(stdout).status, "CONFIRMED");
  });

  for (const page of pages) {
    it(`names only scripts and files that there are: ${page}`, async () => {
      const text = await readFile(page, "utf8");
      const { scripts } = JSON.parse(await readFile("package.json", "utf8"));
      for (const [, script] of text.matchAll(/npm run (?:--silent )?([\w:-]+)/g)) {
        assert.ok(scripts[script ?? ""], `npm run ${script}`);
      }
      for (const [, link] of text.matchAll(/\]\((?!https?:)([^)#]+)/g)) {
        assert.ok(existsSync(join(dirname(page), link ?? "")), link);
      }
    });
  }
});
