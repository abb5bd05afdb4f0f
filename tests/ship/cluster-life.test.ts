import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { type StandIns, servicesJson, standIns } from "./stand-ins.ts";

const CONTEXTS = {
  "config get-contexts": { out: "kind-kind\n" },
  "get services": { out: servicesJson({ gateway: 80, jaeger: 16_686 }) },
};
const KIND = ["--target", "kind"];
const KUBECTL = ["kubectl", "--context", "kind-kind"];
const DELETE = [...KUBECTL, "delete", "--kustomize", "k8s/overlays/local", "--ignore-not-found"];

describe("a mesh in a cluster", function () {
  this.timeout(120_000);
  let here: StandIns;
  before(async () => {
    here = await standIns("kubectl");
  });
  after(() => here.remove());

  const deployments = (ready: number) => ({
    ...CONTEXTS,
    "get deployments": {
      out: JSON.stringify({
        items: ["order", "gateway"].map((name) => ({
          metadata: { name },
          spec: { replicas: 2, template: { spec: { containers: [{ image: "tradepost:abc" }] } } },
          status: { readyReplicas: name === "order" ? ready : 2, updatedReplicas: 2 },
        })),
      }),
    },
  });

  it("is shown by status, each deployment and each page", async () => {
    const { code, out, err } = await here.tradepost(["status", ...KIND], deployments(2));
    assert.equal(code, 0, err);
    assert.match(out, /^NAME +READY +UPDATED +IMAGE\norder +2\/2 +2\/2 +tradepost:abc\n/);
    assert.match(out, /^Jaeger +http:\/\/localhost:16686$/m);
  });

  it("is said not to be ready where a deployment lacks an instance", async () => {
    const { code, out, err } = await here.tradepost(["status", ...KIND, "--json"], deployments(1));
    assert.equal(code, 1);
    assert.equal(err, "not ready: order\n");
    const { deployments: told } = JSON.parse(out);
    assert.deepEqual(told[0], {
      name: "order",
      wanted: 2,
      ready: 1,
      updated: 2,
      image: "tradepost:abc",
    });
  });

  it("is not there where there are no deployments", async () => {
    const nothing = { ...CONTEXTS, "get deployments": { out: '{"items": []}' } };
    const { code, err } = await here.tradepost(["status", ...KIND], nothing);
    assert.equal(code, 1);
    assert.equal(err, "no mesh is in kind-kind: tradepost up brings it there\n");
  });

  it("is asked about with the command that --dry-run shows", async () => {
    const { out, calls } = await here.tradepost(["status", ...KIND, "--dry-run"]);
    assert.deepEqual(calls, []);
    assert.equal(
      out.split("\n")[1],
      "kubectl --context kind-kind --namespace tradepost get deployments --output json",
    );
  });

  it("is opened at this machine's ports until one of the ways there closes", async () => {
    const { code, out, err, calls } = await here.tradepost(["open", ...KIND], CONTEXTS);
    assert.equal(code, 1);
    assert.match(err, /^the way to (gateway|Jaeger) is closed\n$/);
    assert.match(out, /^gateway +http:\/\/localhost:8080$/m);
    const forwarded = calls
      .map((call) => call.join(" "))
      .filter((call) => /port-forward/.test(call));
    assert.ok(forwarded.length > 0);
    for (const call of forwarded) {
      assert.match(call, /port-forward service\/(gateway 8080:80|jaeger 16686:16686)$/);
    }
  });

  it("is taken down with its data only when that is meant", async () => {
    const asked = await here.tradepost(["down", ...KIND], CONTEXTS);
    assert.equal(asked.code, 2);
    assert.equal(asked.err, "nobody is there to be asked whether it is meant: say --yes\n");
    assert.ok(asked.calls.every((call) => !call.includes("delete")));
    const shown = await here.tradepost(["down", ...KIND, "--dry-run"], CONTEXTS);
    assert.deepEqual([shown.calls, shown.out.split("\n")[1]], [[], DELETE.join(" ")]);
    const meant = await here.tradepost(["down", ...KIND, "--yes"], CONTEXTS);
    assert.equal(meant.code, 0, meant.err);
    assert.deepEqual(meant.calls.at(-1), DELETE);
  });

  it("is not looked for where kubectl is not installed", async () => {
    const bare = await standIns();
    for (const command of ["status", "open", "down"]) {
      const { code, err } = await bare.tradepost([command, ...KIND]);
      assert.deepEqual([code, err.split(":")[0]], [2, "kubectl is not installed"]);
    }
    await bare.remove();
  });
});
