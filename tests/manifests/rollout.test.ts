import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { before, describe, it } from "mocha";
import { root } from "../../infra/dev/root.ts";
import { programs } from "../../infra/environment/shapes.ts";
import { type Manifest, of, type Workload } from "./kinds.ts";
import { objects, production, type Stack } from "./render.ts";

interface Rollout {
  readonly replicas: number;
  readonly workloadRef: { readonly kind: string; readonly name: string };
  readonly strategy: {
    readonly canary: {
      readonly steps: readonly { readonly setWeight?: number; readonly analysis?: Analysis }[];
      readonly trafficRouting: {
        readonly istio: {
          readonly virtualService: { readonly name: string; readonly routes: readonly string[] };
          readonly destinationRule: Readonly<Record<string, string>>;
        };
      };
    };
  };
}

interface Analysis {
  readonly templates: readonly { readonly templateName: string }[];
  readonly args: readonly { readonly name: string }[];
}

interface Template {
  readonly args: readonly { readonly name: string; readonly value?: string }[];
  readonly metrics: readonly {
    readonly name: string;
    readonly failureLimit: number;
    readonly successCondition: string;
    readonly provider: { readonly prometheus: { readonly query: string } };
  }[];
}

describe("a release that is rolled out", function () {
  this.timeout(180_000);
  const canary: Stack = { ...production, components: ["istio", "canary"] };
  let all: readonly Manifest[];
  let rollouts: ReadonlyMap<string, Manifest<Rollout>>;
  before(async () => {
    all = await objects(canary);
    rollouts = of<Rollout>(all, "Rollout");
  });

  it("gets 5, 25 and 100 of a hundred calls, and is looked at before each next step", () => {
    assert.deepEqual([...rollouts.keys()].toSorted(), [...programs].toSorted());
    for (const { spec } of rollouts.values()) {
      const steps = spec.strategy.canary.steps.map(({ setWeight, analysis }) => {
        return setWeight ?? analysis?.templates.map(({ templateName }) => templateName).join();
      });
      assert.deepEqual(steps, [5, "objectives", 25, "objectives", 100]);
    }
  });

  it("takes its pods from the Deployment, its weights from Istio's route, its number from the autoscaler", () => {
    const deployments = of<Workload>(all, "Deployment");
    const routes = of<{ http: { name: string }[] }>(all, "VirtualService");
    const rules = of<{ subsets: { name: string }[] }>(all, "DestinationRule");
    for (const [name, { spec }] of rollouts) {
      assert.deepEqual([spec.workloadRef.kind, spec.workloadRef.name], ["Deployment", name]);
      assert.equal(spec.replicas, deployments.get(name)?.spec.replicas);
      const { virtualService, destinationRule } = spec.strategy.canary.trafficRouting.istio;
      assert.equal(virtualService.name, name);
      assert.deepEqual(
        virtualService.routes,
        routes.get(name)?.spec.http.map((one) => one.name),
      );
      const { stableSubsetName, canarySubsetName } = destinationRule;
      const subsets = rules.get(name)?.spec.subsets.map((one) => one.name);
      assert.deepEqual([stableSubsetName, canarySubsetName], subsets);
    }
    const scaled = ["HorizontalPodAutoscaler", "ScaledObject"].flatMap((kind) => [
      ...of<{ scaleTargetRef: { kind: string; name: string } }>(all, kind).values(),
    ]);
    const targets = scaled.map(({ spec }) => [spec.scaleTargetRef.kind, spec.scaleTargetRef.name]);
    assert.deepEqual(targets.toSorted(), programs.map((name) => ["Rollout", name]).toSorted());
  });

  it("goes back on errors or a p95 beyond the objectives, by metrics that the code has", async () => {
    const { spec } = of<Template>(all, "AnalysisTemplate").get("objectives") as Manifest<Template>;
    const limits = spec.metrics.map(({ name, failureLimit, successCondition }) => {
      return [name, failureLimit, /< ([\d.]+)$/.exec(successCondition)?.[1]];
    });
    assert.deepEqual(limits, [
      ["errors", 1, "0.001"],
      ["p95-seconds", 1, "0.2"],
    ]);
    const given = rollouts.get("order")?.spec.strategy.canary.steps[1]?.analysis?.args;
    const asked = spec.args.filter(({ value }) => value === undefined).map(({ name }) => name);
    assert.deepEqual(
      given?.map(({ name }) => name),
      asked,
    );
    const { Registry } = await import("prom-client");
    const { rpcServerMetrics } = await import("#kit/metrics.ts");
    const { observe } = await import("../../gateway/observe.ts");
    const { silent } = await import("#kit/log.ts");
    const metrics = new Registry();
    rpcServerMetrics(metrics);
    observe(silent, metrics, new Set());
    const known = metrics.getMetricsAsArray().map(({ name }) => name);
    for (const { provider } of spec.metrics) {
      const names = provider.prometheus.query.match(/\w+_seconds(?=_(count|bucket))/g) ?? [];
      assert.deepEqual(
        [...new Set(names)].filter((name) => !known.includes(name)),
        [],
      );
      assert.equal(new Set(names).size, 2);
    }
  });

  it("comes from this repository's overlay, into the namespace of the mesh, by Argo CD", async () => {
    interface Application {
      readonly project: string;
      readonly source: { readonly path: string; readonly repoURL: string };
      readonly destination: { readonly namespace: string };
    }
    interface Project {
      readonly sourceRepos: readonly string[];
      readonly clusterResourceWhitelist: readonly { readonly kind: string }[];
    }
    const argocd = await objects({ overlay: "argocd", components: [] });
    const { spec } = of<Application>(argocd, "Application").get(
      "tradepost",
    ) as Manifest<Application>;
    assert.ok(existsSync(join(root, spec.source.path, "kustomization.yaml")));
    assert.equal(spec.destination.namespace, "tradepost");
    const project = of<Project>(argocd, "AppProject").get(spec.project)?.spec;
    assert.deepEqual(project?.sourceRepos, [spec.source.repoURL]);
    const wide = ["Namespace", "StorageClass"];
    assert.deepEqual(
      project?.clusterResourceWhitelist.map(({ kind }) => kind),
      wide,
    );
    const kinds = new Set(
      all.filter(({ metadata }) => !metadata.namespace).map(({ kind }) => kind),
    );
    assert.deepEqual([...kinds].toSorted(), wide);
  });
});
