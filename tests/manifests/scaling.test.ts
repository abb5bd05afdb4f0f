import assert from "node:assert/strict";
import { before, describe, it } from "mocha";
import { partitionsOfTopic, topicSettings, topics } from "#kit/topics.ts";
import { services } from "../../infra/dev/services.ts";
import { programs } from "../../infra/environment/shapes.ts";
import { heard, listeners } from "./code.ts";
import { type Manifest, of, type Workload } from "./kinds.ts";
import { objects, production } from "./render.ts";

interface Target {
  readonly kind: string;
  readonly name: string;
}

interface Autoscaler {
  readonly scaleTargetRef: Target;
  readonly minReplicas: number;
  readonly maxReplicas: number;
  readonly metrics: readonly { readonly resource: { readonly name: string } }[];
}

interface ScaledObject {
  readonly scaleTargetRef: Target;
  readonly minReplicaCount: number;
  readonly maxReplicaCount: number;
  readonly triggers: readonly {
    readonly type: string;
    readonly metadata: Readonly<Record<string, string>>;
    readonly authenticationRef?: { readonly name: string };
  }[];
}

interface TriggerAuthentication {
  readonly secretTargetRef: readonly { readonly parameter: string }[];
}

/** Connections that one instance may open: its pool's six, the relay's lead, the ear of user, jobs. */
const CONNECTIONS = 10;
/** Of notification: mails and webhooks have workers of their own, of four each. */
const MORE_CONNECTIONS = 5;

describe("events and scaling", function () {
  this.timeout(180_000);
  let all: readonly Manifest[];
  let autoscalers: ReadonlyMap<string, Manifest<Autoscaler>>;
  let scaled: ReadonlyMap<string, Manifest<ScaledObject>>;
  let authorities: ReadonlyMap<string, Manifest<TriggerAuthentication>>;
  before(async () => {
    all = await objects(production);
    autoscalers = of<Autoscaler>(all, "HorizontalPodAutoscaler");
    scaled = of<ScaledObject>(all, "ScaledObject");
    authorities = of<TriggerAuthentication>(all, "TriggerAuthentication");
  });

  it("makes the topics that the code makes, with their settings, and no other", () => {
    interface Topic {
      readonly partitions: number;
      readonly replicas: number;
      readonly config: Readonly<Record<string, string>>;
    }
    const made = [...of<Topic>(all, "KafkaTopic").values()].map(({ metadata, spec }) => ({
      topic: metadata.name,
      ...spec,
    }));
    const wanted = topicSettings(topics).map(({ topic, config }) => {
      return { topic, config, partitions: partitionsOfTopic, replicas: 3 };
    });
    const inOrder = (a: { topic: string }, b: { topic: string }) => (a.topic < b.topic ? -1 : 1);
    assert.deepEqual(made.toSorted(inOrder), wanted.toSorted(inOrder));
  });

  it("has one that scales for each program, from the replicas that there are", () => {
    const names = [...autoscalers.keys(), ...scaled.keys()];
    assert.deepEqual(names.toSorted(), [...programs].toSorted());
    const deployments = of<Workload>(all, "Deployment");
    for (const name of names) {
      const own = autoscalers.get(name)?.spec;
      const kedas = scaled.get(name)?.spec;
      const { kind, name: target } = (own ?? kedas)?.scaleTargetRef ?? {};
      assert.deepEqual([kind, target], ["Deployment", name]);
      const least = own?.minReplicas ?? kedas?.minReplicaCount;
      assert.equal(least, deployments.get(name)?.spec.replicas, name);
    }
  });

  it("scales on processor time, payment on memory too", () => {
    for (const [name, { spec }] of autoscalers) {
      const wanted = name === "payment" ? ["cpu", "memory"] : ["cpu"];
      assert.deepEqual(
        spec.metrics.map(({ resource }) => resource.name),
        wanted,
        name,
      );
    }
  });

  it("scales who hears events on the lag of every topic that it hears, as its own group", async () => {
    assert.deepEqual(Object.keys(heard).toSorted(), [...(await listeners())].toSorted());
    assert.deepEqual([...scaled.keys()].toSorted(), Object.keys(heard).toSorted());
    for (const [name, { spec }] of scaled) {
      const [cpu, ...lags] = spec.triggers;
      assert.equal(cpu?.type, "cpu");
      const told = lags.map(({ type, metadata, authenticationRef }) => {
        const { bootstrapServers, consumerGroup, topic, tls } = metadata;
        const authority = authorities.get(String(authenticationRef?.name));
        assert.deepEqual([tls, authority?.spec.secretTargetRef[0]?.parameter], ["enable", "ca"]);
        return { type, bootstrapServers, consumerGroup, topic };
      });
      const bootstrapServers = "tradepost-kafka-bootstrap.tradepost.svc:9092";
      const wanted = heard[name as keyof typeof heard]?.map((topic) => {
        return { type: "kafka", bootstrapServers, consumerGroup: name, topic };
      });
      assert.deepEqual(told, wanted, name);
      assert.ok(spec.maxReplicaCount <= partitionsOfTopic, "more would have no partition");
    }
  });

  it("never has more connections open than PostgreSQL takes", () => {
    interface Cluster {
      readonly postgresql: { readonly parameters: { readonly max_connections: string } };
    }
    const { max_connections: limit } = (
      of<Cluster>(all, "Cluster").get("postgres") as Manifest<Cluster>
    ).spec.postgresql.parameters;
    const most = services.map((name) => {
      const instances =
        autoscalers.get(name)?.spec.maxReplicas ?? scaled.get(name)?.spec.maxReplicaCount ?? 0;
      const each = CONNECTIONS + (name === "notification" ? MORE_CONNECTIONS : 0);
      // One more of each while a rollout replaces them.
      return (instances + 1) * each;
    });
    const open = most.reduce((sum, some) => sum + some, 0);
    assert.ok(open < Number(limit), `${open} of ${limit}`);
  });
});
