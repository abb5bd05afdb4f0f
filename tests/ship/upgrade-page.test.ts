import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { root } from "../../infra/dev/root.ts";
import { type StandIns, servicesJson, standIns } from "./stand-ins.ts";

const page = readFileSync(join(root, "docs/upgrade.md"), "utf8");
const blocks = [...page.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, lines = ""]) => lines);
const commands = blocks
  .flatMap((lines) => lines.split("\n"))
  .filter((line) => line.startsWith("npx tradepost "))
  .map((line) => line.split(" ").slice(2));

describe("docs/upgrade.md", function () {
  this.timeout(120_000);
  let here: StandIns;
  before(async () => {
    here = await standIns("git", "docker", "kubectl", "kind");
  });
  after(() => here.remove());

  const script = {
    "git rev-parse": { out: "abc1234\n" },
    "config get-contexts": { out: "kind-kind\nacme-eu\n" },
    "get services": { out: servicesJson({ gateway: 8080 }) },
    "get deployments": {
      out: JSON.stringify({
        items: [
          {
            metadata: { name: "order" },
            spec: { template: { spec: { containers: [{ image: "tradepost:abc1234" }] } } },
            status: { readyReplicas: 1, updatedReplicas: 1 },
          },
        ],
      }),
    },
  };
  for (const args of commands) {
    it(`has a command that runs as printed: tradepost ${args.join(" ")}`, async () => {
      const { code, err } = await here.tradepost(args, script);
      // `open` goes on for as long as the ways do; those of a stand-in close at once.
      assert.equal(code, args[0] === "open" ? 1 : 0, err);
    });
  }

  it("names a port for each page that is opened", async () => {
    const everything = ["gateway", "grafana", "prometheus", "jaeger", "kafka-page"];
    const ports = Object.fromEntries(everything.map((name) => [name, 80]));
    const all = { ...script, "get services": { out: servicesJson(ports) } };
    const { out } = await here.tradepost(["open", "--target", "kind", "--json"], all);
    const { addresses } = JSON.parse(out) as { addresses: { name: string; url: string }[] };
    assert.equal(addresses.length, everything.length);
    for (const { name, url } of addresses) {
      const port = new URL(url).port;
      assert.match(
        page,
        new RegExp(`${name === "Kafka page" ? "the Kafka page" : name}\\s${port}`),
      );
    }
  });
});
