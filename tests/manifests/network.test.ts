import assert from "node:assert/strict";
import { before, describe, it } from "mocha";
import { serviceShape } from "#kit/config.ts";
import { services } from "../../infra/dev/services.ts";
import { programs } from "../../infra/environment/shapes.ts";
import { callsInCode } from "./code.ts";
import { type Manifest, NAME, of, type Pod, podsOf } from "./kinds.ts";
import { byName, mayReach, type Peer, policies, rulesOf } from "./network.ts";
import { local, objects, production } from "./render.ts";

const GRPC = serviceShape.GRPC_PORT.parse(undefined);
const METRICS = serviceShape.METRICS_PORT.parse(undefined);
const monitoring = { namespaceSelector: { matchLabels: { "tradepost.dev/monitoring": "true" } } };
const postgres = { [NAME]: "postgresql" };
const kafka = { [NAME]: "kafka" };

describe("the network", function () {
  this.timeout(180_000);
  let all: readonly Manifest[];
  let pods: readonly Pod[];
  before(async () => {
    all = await objects(production);
    pods = podsOf(all);
  });

  it("is closed, both ways, for every pod, but for the names of the cluster", () => {
    const everybody = policies(all).filter(({ spec }) => !spec.podSelector.matchLabels);
    assert.deepEqual(
      everybody.map(({ metadata, spec }) => [metadata.name, spec.policyTypes, spec.ingress]),
      [
        ["default-deny", ["Ingress", "Egress"], undefined],
        ["dns", ["Egress"], undefined],
      ],
    );
    const names = everybody[1]?.spec.egress ?? [];
    assert.deepEqual(
      names.flatMap(({ ports = [] }) => ports.map(({ port }) => port)),
      [53, 53],
    );
    assert.equal(everybody[0]?.spec.egress, undefined);
  });

  it("lets those call each other that do so in the code, and no others", async () => {
    const inCode = await callsInCode();
    const open = { out: new Set<string>(), in: new Set<string>() };
    for (const from of programs) {
      for (const to of programs) {
        const ways = mayReach(all, byName(pods, from), byName(pods, to), GRPC);
        for (const way of ["out", "in"] as const) {
          if (ways[way]) {
            open[way].add(`${from}>${to}`);
          }
        }
      }
    }
    assert.deepEqual([...open.out].toSorted(), [...inCode].toSorted());
    assert.deepEqual([...open.in].toSorted(), [...inCode].toSorted());
    // The picture of the design has as many: 6 of the gateway, 4 between, 5 to user.
    assert.equal(inCode.size, 15);
  });

  it("lets every service, its migration and nobody else of ours reach PostgreSQL", () => {
    const may = pods.filter(({ labels }) => {
      const { out, in: into } = mayReach(all, labels, postgres, 5432);
      assert.equal(out, into, labels[NAME]);
      return out;
    });
    const wanted = [...services, ...services.map((name) => `${name}-migration`), "restore-drill"];
    assert.deepEqual(may.map(({ labels }) => labels[NAME]).toSorted(), wanted.toSorted());
  });

  it("lets every service, KEDA and nobody else reach Kafka", () => {
    const may = pods.filter(({ labels }) => mayReach(all, labels, kafka, 9092).out);
    assert.deepEqual(may.map(({ labels }) => labels[NAME]).toSorted(), [...services].toSorted());
    const cluster = of<{
      kafka: { listeners: { port: number; tls: boolean; networkPolicyPeers: Peer[] }[] };
    }>(all, "Kafka").get("tradepost");
    const [listener, ...others] = cluster?.spec.kafka.listeners ?? [];
    assert.deepEqual([listener?.port, listener?.tls, others.length], [9092, true, 0]);
    assert.deepEqual(listener?.networkPolicyPeers, [
      ...services.map((name) => ({ podSelector: { matchLabels: { [NAME]: name } } })),
      { namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "keda" } } },
    ]);
  });

  it("has two doors to the world: payment's to Stripe, notification's to mail servers and webhooks", () => {
    const doors = pods.flatMap(({ labels }) =>
      rulesOf(all, labels, "egress").flatMap(({ to, ports = [] }) =>
        !to || to.some(({ ipBlock }) => ipBlock)
          ? ports.map(({ port }) => `${labels[NAME]}:${port}`)
          : [],
      ),
    );
    // The drill speaks to Kubernetes' API, of which a policy has no name.
    assert.deepEqual(doors.toSorted(), [
      "notification:443",
      "notification:465",
      "notification:587",
      "payment:443",
      "restore-drill:443",
      "restore-drill:6443",
    ]);
    const blocks = policies(all).flatMap(({ spec }) =>
      (spec.egress ?? []).flatMap(({ to = [] }) => to.flatMap(({ ipBlock }) => ipBlock ?? [])),
    );
    for (const { cidr, except } of blocks) {
      assert.equal(cidr, "0.0.0.0/0");
      assert.ok(except?.includes("169.254.0.0/16") && except.includes("10.0.0.0/8"));
    }
  });

  it("lets Prometheus read every program's metrics, and the ingress reach the gateway alone", () => {
    for (const name of programs) {
      const rules = rulesOf(all, byName(pods, name), "ingress");
      const port = name === "gateway" ? 8080 : METRICS;
      const reading = rules.filter(({ from = [] }) =>
        from.some((peer) => JSON.stringify(peer) === JSON.stringify(monitoring)),
      );
      assert.deepEqual(
        reading.map(({ ports }) => ports),
        [[{ port }]],
        name,
      );
      const entering = rules.filter((rule) =>
        JSON.stringify(rule).includes("tradepost.dev/ingress"),
      );
      assert.equal(entering.length, name === "gateway" ? 1 : 0, name);
    }
  });

  it("of a cluster of one's own lets what stands in be reached by those that need it", async () => {
    const own = await objects(local);
    const there = podsOf(own);
    const edges = [
      ["payment", "stripe-sandbox", 12_111],
      ["stripe-sandbox", "gateway", 8080],
      ["notification", "mail", 1025],
      ["order", "postgresql", 5432],
      ["analytics", "kafka", 9092],
      ["topics", "kafka", 9092],
      ["prometheus", "order", METRICS],
      ["grafana", "prometheus", 9090],
      ["gateway", "order", GRPC],
    ] as const;
    for (const [from, to, port] of edges) {
      const ways = mayReach(own, byName(there, from), byName(there, to), port);
      assert.deepEqual(ways, { out: true, in: true }, `${from} > ${to}:${port}`);
    }
    const strangers = mayReach(own, byName(there, "order"), byName(there, "mail"), 1025);
    assert.deepEqual(strangers, { out: false, in: false });
  });
});
