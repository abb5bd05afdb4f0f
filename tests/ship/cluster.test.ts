import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { dirname, relative, resolve } from "node:path";
import { after, before, describe, it } from "mocha";
import { root } from "../../infra/dev/root.ts";
import { services } from "../../infra/dev/services.ts";
import { type StandIns, servicesJson, standIns } from "./stand-ins.ts";

const COMMIT = { "git rev-parse": { out: "abc1234\n" } };
const CONTEXTS = {
  "config get-contexts": { out: "kind-kind\nminikube\nacme/eu\n" },
  "get services": { out: servicesJson({ gateway: 8080, order: 50_051, grafana: 80 }) },
};
const ALL = { ...COMMIT, ...CONTEXTS };
const SHARED = ["--target", "acme/eu", "--registry", "ghcr.io/acme"];

type Step = { title: string; command?: string[]; file?: string; text?: string };

describe("tradepost up", function () {
  this.timeout(120_000);
  let here: StandIns;
  before(async () => {
    here = await standIns("git", "docker", "kubectl", "kind", "minikube");
  });
  after(() => here.remove());

  async function planned(args: readonly string[]): Promise<Step[]> {
    const { out, calls, err } = await here.tradepost(["up", ...args, "--dry-run", "--json"], ALL);
    assert.deepEqual(calls, [["git", "rev-parse", "--short", "HEAD"]], err);
    return out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Step);
  }

  const deliveries: readonly (readonly [
    args: readonly string[],
    command: string,
    where: string,
  ])[] = [
    [["--target", "kind"], "kind load docker-image tradepost:abc1234", "kind-kind local"],
    [["--target", "minikube"], "minikube image load tradepost:abc1234", "minikube local"],
    [SHARED, "docker push ghcr.io/acme/tradepost:abc1234", "acme/eu production"],
  ];
  for (const [args, delivery, where] of deliveries) {
    it(`${args.join(" ")} builds, delivers, applies, waits and asks, in that order`, async () => {
      const steps = await planned(args);
      const [context = "", overlay = ""] = where.split(" ");
      const image = delivery.split(" ").at(-1) ?? "";
      const [build, deliver, name, forget, apply, ...rest] = steps;
      const dockerfile = ["--file", "infra/docker/Dockerfile"];
      assert.deepEqual(build?.command, ["docker", "build", ...dockerfile, "--tag", image, "."]);
      assert.deepEqual(deliver?.command?.join(" "), delivery);
      const folder = dirname(name?.file ?? "");
      const [, base = ""] = /^ {2}- (\S+)$/m.exec(name?.text ?? "") ?? [];
      assert.equal(relative(root, resolve(folder, base)), `k8s/overlays/${overlay}`);
      const [repository, tag] = image.split(":");
      assert.match(name?.text ?? "", new RegExp(`newName: ${repository}\n {4}newTag: "${tag}"`));
      const kubectl = ["kubectl", "--context", context];
      assert.deepEqual(apply?.command, [...kubectl, "apply", "--kustomize", folder]);
      assert.match(forget?.command?.join(" ") ?? "", / delete jobs (--all|--selector \S+) /);
      const inMesh = [...kubectl, "--namespace", "tradepost"].join(" ");
      assert.deepEqual(
        rest.slice(0, -2).map(({ command }) => command?.join(" ")),
        [...services, "gateway"].map(
          (program) => `${inMesh} rollout status deployment/${program} --timeout=600s`,
        ),
      );
      assert.match(rest.at(-2)?.command?.join(" ") ?? "", / wait deployments --all /);
      assert.match(
        rest.at(-1)?.command?.join(" ") ?? "",
        /exec deployment\/gateway -- node .*\/health\/services/,
      );
    });
  }

  it("does what --dry-run shows, then says where the pages are", async () => {
    const steps = await planned(["--target", "kind"]);
    const { code, out, err, calls } = await here.tradepost(["up", "--target", "kind"], ALL);
    assert.equal(code, 0, err);
    const [commit, contexts, ...done] = calls;
    assert.deepEqual(commit, ["git", "rev-parse", "--short", "HEAD"]);
    assert.deepEqual(contexts, ["kubectl", "config", "get-contexts", "--output", "name"]);
    const shown = steps.flatMap(({ command }) => (command ? [command] : []));
    assert.deepEqual(done.slice(0, -1), shown);
    const written = steps.find(({ file }) => file !== undefined);
    assert.equal(await readFile(written?.file ?? "", "utf8"), written?.text);
    // Only those that are there.
    assert.match(out, /^gateway +http:\/\/localhost:8080\nGrafana +http:\/\/localhost:3000\n/m);
    assert.doesNotMatch(out, /Jaeger/);
  });

  it("says each step as an object, and the addresses, where programs listen", async () => {
    const { out } = await here.tradepost(["up", "--target", "kind", "--json"], ALL);
    const lines = out
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    assert.equal(lines[0].done, "build the image");
    assert.deepEqual(
      lines.at(-1).addresses.map(({ name, url }: { name: string; url: string }) => [name, url]),
      [
        ["gateway", "http://localhost:8080"],
        ["Grafana", "http://localhost:3000"],
      ],
    );
  });

  it("shows commands that a shell takes as they are", async () => {
    const { out } = await here.tradepost(["up", "--target", "kind", "--dry-run"], ALL);
    assert.match(
      out,
      /^docker build --file infra\/docker\/Dockerfile --tag tradepost:abc1234 \.$/m,
    );
    assert.match(out, /^mkdir -p .*\ncat > .*\/kustomization\.yaml <<'EOF'\n(?:.*\n)+EOF$/m);
    assert.match(out, /--eval '[^']* await fetch\("http:[^']*'$/m);
  });

  it("ends with the first step that fails, and says which", async () => {
    const failing = { ...ALL, "rollout status deployment/order": { code: 3 } };
    const { code, err, calls } = await here.tradepost(["up", "--target", "kind"], failing);
    assert.equal(code, 1);
    assert.match(err, /rollout status deployment\/order --timeout=600s failed with exit code 3\n$/);
    assert.match(calls.at(-1)?.join(" ") ?? "", /deployment\/order/);
  });

  const wrong: readonly (readonly [what: string, args: string[], says: RegExp, script?: object])[] =
    [
      ["without a target", [], /required option '--target <name>' not specified/],
      [
        "with a context that kubectl does not know",
        ["--target", "nowhere", "--registry", "ghcr.io/acme"],
        /no context nowhere, there are kind-kind, minikube, acme\/eu: kubectl config get-contexts/,
      ],
      [
        "without a cluster of kind's",
        ["--target", "kind"],
        /no context kind-kind, there are none: kind create cluster makes it/,
        COMMIT,
      ],
      [
        "with a context and no registry",
        ["--target", "acme/eu"],
        /--registry is missing: say where/,
      ],
      [
        "with a registry for kind",
        ["--target", "kind", "--registry", "ghcr.io/acme"],
        /--registry is not for kind/,
      ],
      [
        "with changes for others that no commit has",
        SHARED,
        /there are changes that no commit has: commit them/,
        { ...ALL, "git status": { out: " M README.md\n" } },
      ],
    ];
  for (const [what, args, says, script = ALL] of wrong) {
    it(`${what} does nothing, says why in one sentence, and ends with 2`, async () => {
      const { code, err, calls } = await here.tradepost(["up", ...args], script as typeof ALL);
      assert.equal(code, 2, err);
      assert.match(err, says);
      assert.equal(err.trim().split("\n").length, 1);
      assert.ok(calls.every(([file = "", what = ""]) => file !== "docker" && what !== "load"));
    });
  }
});

describe("tradepost up, where something is not installed,", function () {
  this.timeout(120_000);
  const lacks: readonly (readonly [missing: string, there: readonly string[], target: string])[] = [
    ["docker", ["git", "kubectl", "kind"], "kind"],
    ["kubectl", ["git", "docker", "kind"], "kind"],
    ["kind", ["git", "docker", "kubectl"], "kind"],
    ["minikube", ["git", "docker", "kubectl"], "minikube"],
  ];
  for (const [missing, there, target] of lacks) {
    it(`says where to get ${missing}, and ends with 2`, async () => {
      const here = await standIns(...there);
      const { code, err, calls } = await here.tradepost(["up", "--target", target], ALL);
      const shown = await here.tradepost(["up", "--target", target, "--dry-run"], ALL);
      await here.remove();
      assert.equal(code, 2);
      assert.match(err, new RegExp(`^${missing} is not installed: get it from https://\\S+\n$`));
      assert.equal(calls.length, 1);
      assert.equal(shown.code, 0);
    });
  }
});
