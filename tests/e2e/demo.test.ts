import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { theMesh } from "./mesh.ts";
import { run } from "./terminal.ts";

/** CI is what makes libraries colour where there is no terminal. */
const demo = (args: readonly string[]) => run("infra/demo/main.js", args, { CI: "true" });

const STEPS = [
  "register",
  "sign-in",
  "browse",
  "order",
  "watch",
  "mail",
  "notification",
  "window",
  "declined",
  "out-of-stock",
  "retried-key",
];

describe("the demo", function () {
  this.timeout(90_000);

  it("tells the story step by step, with what each service did", async () => {
    const { mesh } = await theMesh();
    const at = ["--url", mesh.gatewayUrl, "--mail", mesh.mail.url];
    const { code, out, err } = await demo([...at, "--json"]);
    assert.equal(code, 0, `${err}${out}`);
    const lines = out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    const told = lines.filter(({ event }) => event === "step");
    assert.deepEqual(
      told.map(({ step, ok }) => [step, ok]),
      STEPS.map((step) => [step, true]),
    );
    for (const { step, did, skipped } of told) {
      assert.ok(did.length > 0 && skipped === undefined, step);
    }
    assert.deepEqual(lines.at(-1), { event: "ended", ok: true, steps: STEPS.length });
  });

  it("is a plain page where there is no terminal, and goes on without a mail sink", async () => {
    const { mesh } = await theMesh();
    const { code, out, err } = await demo([
      "--url",
      mesh.gatewayUrl,
      "--mail",
      "http://127.0.0.1:9",
    ]);
    assert.equal(code, 0, err);
    assert.ok(!out.includes("\u001b"), "no colours");
    assert.match(out, /– gets a mail .*\n +skipped: no mail sink answers at http:\/\/127/);
    assert.match(out, /\nAll 11 steps went as they should\.\n$/);
  });

  it("says which step is not as it should be", async () => {
    const { mesh } = await theMesh();
    // The mail page answers, but is no gateway: its health is a 404.
    const { code, out, err } = await demo(["--url", mesh.mail.url]);
    assert.equal(code, 1, out);
    assert.match(
      err,
      /^demo: step register failed: POST \/api\/v1\/auth\/register answered 405, not/,
    );
  });

  it("says what to do when no mesh answers, and ends with 2", async () => {
    const { code, out, err } = await demo(["--url", "http://127.0.0.1:9"]);
    assert.equal(code, 2);
    assert.equal(out, "");
    assert.equal(
      err,
      "no mesh answers at http://127.0.0.1:9: start one with npm start, or name it with --url\n",
    );
  });

  it("refuses a flag that it does not know, in one sentence", async () => {
    const { code, err } = await demo(["--colour"]);
    assert.equal(code, 2);
    assert.match(err, /^Unknown option '--colour': see npm run demo -- --help\n$/);
  });
});
