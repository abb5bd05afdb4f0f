import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { after, before, describe, it } from "mocha";
import { root } from "../../infra/dev/root.ts";
import { services } from "../../infra/dev/services.ts";
import { type StandIns, servicesJson, standIns } from "./stand-ins.ts";

const documents = ["k8s/base/mesh", "k8s/overlays/local"]
  .flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".yaml"))
      .map((name) => readFileSync(join(root, folder, name), "utf8")),
  )
  .flatMap((file) => file.split(/^---$/m));

/** Whether one of that kind and name says so; patches of it may say less. */
function says(kind: string, name: string, what: RegExp): boolean {
  const head = new RegExp(`^kind: ${kind}\\nmetadata:\\n {2}name: ${name}$`, "m");
  return documents.some((text) => head.test(text) && what.test(text));
}

describe("what tradepost up, status and open speak of", function () {
  this.timeout(120_000);
  let here: StandIns;
  before(async () => {
    here = await standIns("git", "kubectl");
  });
  after(() => here.remove());

  it("is in the manifests: an overlay for each target, with the image that is named", async () => {
    const registry = ["--registry", "ghcr.io/acme"];
    for (const args of [["kind"], ["minikube"], ["acme-eu", ...registry]]) {
      const command = ["up", "--dry-run", "--json", "--target", ...args];
      const { out } = await here.tradepost(command, { "git rev-parse": { out: "abc1234" } });
      const lines = out.trim().split("\n");
      const written = lines.map((line) => JSON.parse(line)).find(({ file }) => file);
      const [, base = ""] = /^ {2}- (\S+)$/m.exec(written.text) ?? [];
      const overlay = resolve(root, dirname(written.file), base, "kustomization.yaml");
      assert.match(readFileSync(overlay, "utf8"), /^ {2}- name: tradepost\n {4}new(Tag|Name): /m);
    }
  });

  it("is in the manifests: a deployment for each rollout that is waited for", () => {
    for (const name of [...services, "gateway"]) {
      assert.ok(says("Deployment", name, / image: tradepost$/m), name);
    }
  });

  it("is in the manifests: a service for each page, at the page's own port", async () => {
    const pages = ["gateway", "grafana", "prometheus", "jaeger", "kafka-page"];
    const { out } = await here.tradepost(["open", "--target", "kind", "--json"], {
      "config get-contexts": { out: "kind-kind" },
      "get services": { out: servicesJson(Object.fromEntries(pages.map((name) => [name, 80]))) },
    });
    const { addresses } = JSON.parse(out) as { addresses: { url: string; command: string[] }[] };
    assert.equal(addresses.length, pages.length);
    for (const { url, command } of addresses) {
      const [, name = ""] = /service\/(\S+)/.exec(command.join(" ")) ?? [];
      const { port } = new URL(url);
      assert.ok(says("Service", name, new RegExp(`\\bport: ${port}\\b`)), `${name} ${port}`);
    }
  });
});
