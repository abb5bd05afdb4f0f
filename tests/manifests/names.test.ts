import assert from "node:assert/strict";
import { before, describe, it } from "mocha";
import { addressOf, commonShape, readConfig, serviceShape } from "#kit/config.ts";
import { services } from "../../infra/dev/services.ts";
import { programs } from "../../infra/environment/shapes.ts";
import { type Labels, type Manifest, NAME, of, type PodTemplate, type Workload } from "./kinds.ts";
import { objects, production } from "./render.ts";

interface Service {
  readonly clusterIP?: string;
  readonly selector: Labels;
  readonly ports: readonly { readonly name: string; readonly port: number }[];
}

/** How long kit/service.ts gives a process of production, at most. */
const HARD_STOP_SECONDS = 20;

describe("the names and ports", function () {
  this.timeout(180_000);
  let all: readonly Manifest[];
  let deployments: ReadonlyMap<string, Manifest<Workload>>;
  let addresses: ReadonlyMap<string, Manifest<Service>>;
  before(async () => {
    all = await objects(production);
    deployments = of<Workload>(all, "Deployment");
    addresses = of<Service>(all, "Service");
  });

  function template(name: string): PodTemplate {
    return (deployments.get(name) as Manifest<Workload>).spec.template;
  }

  it("has a Deployment, a Service, an account and a budget for each program, and no other", () => {
    const wanted = [...programs].toSorted();
    assert.deepEqual([...deployments.keys()].toSorted(), wanted);
    assert.deepEqual([...addresses.keys()].toSorted(), wanted);
    assert.deepEqual([...of(all, "PodDisruptionBudget").keys()].toSorted(), wanted);
    for (const name of programs) {
      const { metadata, spec } = template(name);
      assert.equal(metadata.labels[NAME], name);
      assert.equal(spec.serviceAccountName, name);
      const labels = { [NAME]: name };
      assert.deepEqual(deployments.get(name)?.spec.selector?.matchLabels, labels);
      assert.deepEqual(addresses.get(name)?.spec.selector, labels);
      const env = spec.containers[0]?.env?.find((one) => one.name === "SERVICE");
      assert.equal(env?.value, name);
    }
    assert.ok(all.every(({ metadata }) => [undefined, "tradepost"].includes(metadata.namespace)));
  });

  it("is where clients look for it: a name for all instances, at the port of the code", () => {
    const config = readConfig(commonShape, { PLAINTEXT: "allow" });
    for (const name of services) {
      const { clusterIP, ports } = (addresses.get(name) as Manifest<Service>).spec;
      const [, host, port] = /^dns:\/\/\/(\w+):(\d+)$/.exec(addressOf(config, name)) ?? [];
      assert.deepEqual([host, clusterIP], [name, "None"]);
      assert.equal(ports.find((one) => one.name === "grpc")?.port, Number(port));
      assert.equal(Number(port), serviceShape.GRPC_PORT.parse(undefined));
    }
  });

  it("opens the ports that the code listens at, and asks at them", () => {
    for (const name of services) {
      const [container] = template(name).spec.containers;
      const ports = new Map(container?.ports?.map((port) => [port.name, port.containerPort]));
      const health = Number(container?.env?.find((one) => one.name === "HEALTH_PORT")?.value);
      assert.deepEqual(Object.fromEntries(ports), {
        grpc: serviceShape.GRPC_PORT.parse(undefined),
        metrics: serviceShape.METRICS_PORT.parse(undefined),
        health,
      });
      assert.deepEqual(container?.startupProbe?.grpc, { port: health });
      assert.deepEqual(container?.livenessProbe?.grpc, { port: health });
      // kit/service.ts names the database's probe so.
      assert.deepEqual(container?.readinessProbe?.grpc, { port: health, service: "database" });
    }
    const [gateway] = template("gateway").spec.containers;
    assert.deepEqual(gateway?.ports, [{ name: "http", containerPort: 8080 }]);
    assert.deepEqual(gateway?.livenessProbe?.httpGet, { path: "/health", port: "http" });
    assert.deepEqual(gateway?.readinessProbe?.httpGet, { path: "/health/ready", port: "http" });
  });

  it("has two or three instances of each, apart, with the resources of the plan", () => {
    for (const name of programs) {
      const { replicas = 0, template: pod } = (deployments.get(name) as Manifest<Workload>).spec;
      assert.ok(replicas === 2 || replicas === 3, name);
      assert.deepEqual(pod.spec.containers[0]?.resources, {
        requests: { cpu: "250m", memory: "256Mi" },
        limits: { cpu: "500m", memory: "512Mi" },
      });
      assert.deepEqual(
        pod.spec.topologySpreadConstraints?.map(({ topologyKey }) => topologyKey),
        ["topology.kubernetes.io/zone", "kubernetes.io/hostname"],
      );
      assert.ok(Number(pod.spec.terminationGracePeriodSeconds) > HARD_STOP_SECONDS + 5);
    }
  });

  it("is scraped at every program's metrics", () => {
    interface Monitor {
      readonly selector: { readonly matchLabels: Labels };
      readonly endpoints: readonly { readonly port: string; readonly path: string }[];
    }
    const scraped = [...of<Monitor>(all, "ServiceMonitor").values()].flatMap(({ spec }) =>
      [...addresses.values()]
        .filter(({ metadata }) =>
          Object.entries(spec.selector.matchLabels).every(([k, v]) => metadata.labels?.[k] === v),
        )
        .flatMap(({ metadata, spec: { ports } }) =>
          spec.endpoints
            .filter(({ port, path }) => path === "/metrics" && ports.some((p) => p.name === port))
            .map(() => metadata.name),
        ),
    );
    assert.deepEqual(scraped.toSorted(), [...programs].toSorted());
  });

  it("lets the world in over TLS, to the gateway, under the name that tokens have", () => {
    interface Ingress {
      readonly tls: readonly { readonly hosts: readonly string[] }[];
      readonly rules: readonly { readonly host: string; readonly http: unknown }[];
    }
    const { tls, rules } = (of<Ingress>(all, "Ingress").get("shop") as Manifest<Ingress>).spec;
    const hosts = rules.map(({ host }) => host);
    assert.deepEqual(
      tls.flatMap((one) => one.hosts),
      hosts,
    );
    assert.match(JSON.stringify(rules), /"service":\{"name":"gateway","port":\{"name":"http"\}\}/);
    const settings = all.find(({ kind, metadata }) => {
      return kind === "ConfigMap" && metadata.name.startsWith("settings-");
    });
    assert.equal(settings?.data?.JWT_ISSUER, `https://${hosts[0]}`);
    for (const [service, variable] of [
      ["payment", "CHECKOUT_RETURN_URL"],
      ["notification", "PUBLIC_URL"],
    ] as const) {
      const [program] = template(service).spec.containers;
      const value = program?.env?.find(({ name }) => name === variable)?.value;
      assert.equal(value, `https://${hosts[0]}/`, variable);
    }
  });
});
