import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { BadFlag, readFlags, secondsOf } from "../../load-tests/run/flags.ts";
import { scripts } from "../../load-tests/run/scripts.ts";
import { run } from "../e2e/terminal.ts";

const all = await scripts();
const read = (line: string) => readFlags(line.split(" ").filter(Boolean), all);

describe("npm run load", function () {
  this.timeout(30_000);

  it("takes a script, how many clients and for how long", () => {
    const { script, ...rest } = read("checkout --vus 7 --duration 90s --json") ?? {};
    assert.equal(script?.name, "checkout");
    assert.deepEqual(rest, { vus: 7, duration: "90s", ownMesh: false, json: true });
    assert.equal(secondsOf("90s"), 90);
    assert.equal(secondsOf("2h"), 7_200);
    assert.equal(read("--help"), undefined);
  });

  it("starts a mesh where the script must be in charge of it", () => {
    const needing = all.filter(({ name }) => read(name)?.ownMesh).map(({ name }) => name);
    assert.deepEqual(needing, ["failover", "scale"]);
    assert.equal(read("browse --own-mesh")?.ownMesh, true);
  });

  it("says in one sentence what it does not understand", () => {
    const names = all.map(({ name }) => name).join(", ");
    for (const [line, sentence] of [
      ["", `which script? There are ${names}`],
      ["nothing", `there is no script nothing: there are ${names}`],
      ["smoke browse", `there is no script browse: there are ${names}`],
      ["smoke --vus 3", "smoke has a shape of its own: --vus and --duration are not for it"],
      [
        "stress --duration 5m",
        "stress has a shape of its own: --vus and --duration are not for it",
      ],
      ["browse --vus 0", "--vus is 0: it must be a whole number, 1 to 9999"],
      ["browse --duration 5", "--duration is 5: it must be like 30s, 5m or 1h"],
      ["browse --loud", "Unknown option '--loud': see npm run load -- --help"],
    ] as const) {
      assert.throws(() => read(line), { name: BadFlag.name, message: sentence });
    }
  });

  it("ends with 2 and a sentence for no such script, and where no mesh answers", async () => {
    const [unknown, alone] = await Promise.all([
      load(["nothing"], {}),
      load(["browse"], { BASE_URL: "http://127.0.0.1:9" }),
    ]);
    assert.match(unknown, /^2: there is no script nothing: there are browse, [^\n]+\n$/);
    assert.match(alone, /^2: no mesh answers at http:\/\/127\.0\.0\.1:9: start one with [^\n]+\n$/);
  });
});

async function load(args: readonly string[], env: Record<string, string>): Promise<string> {
  const { code, err } = await run("load-tests/run/main.js", args, env);
  return `${code}: ${err}`;
}
