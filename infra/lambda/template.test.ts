import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { before, describe, it } from "mocha";
import { consumers } from "../../services/notification/consumers.ts";
import { lambdaShape } from "../../services/notification/lambda-handler.ts";
import { TOOL_TIMEOUT_MS } from "../terraform/checks/tools.ts";
import { handlerFile } from "./bundle.ts";
import { folder, lint, type Resource, readTemplate, type Template } from "./template.ts";

const topics = consumers("support@example.com").map(({ topic }) => topic);

describe("the templates of infra/lambda", function () {
  this.timeout(TOOL_TIMEOUT_MS);
  const files = ["template.yaml", "access.yaml", "keeping.yaml", "network.yaml", "alarms.yaml"];
  let templates: readonly Template[];
  before(async () => {
    templates = await Promise.all(files.map((name) => readTemplate(name)));
  });

  const entries = () => templates.flatMap(({ Resources }) => Object.entries(Resources));
  const of = (type: string): readonly Resource[] =>
    entries().flatMap(([, resource]) => (resource.Type === type ? [resource] : []));
  const handler = () => of("AWS::Serverless::Function")[0]?.Properties ?? {};

  it("are accepted by cfn-lint, which knows what they may say", async () => {
    assert.equal(await lint(...files.map((name) => join(folder, name))), "");
    const copy = await mkdtemp(join(tmpdir(), "tradepost-template-"));
    try {
      const wrong = join(copy, "template.yaml");
      const text = await readFile(join(folder, "template.yaml"), "utf8");
      await writeFile(wrong, text.replace("nodejs24.x", "nodejs16.x").replace("Topics:", "Topic:"));
      const complaints = await lint(wrong);
      assert.match(complaints, /nodejs16\.x/);
      assert.match(complaints, /'Topic' was unexpected/);
    } finally {
      await rm(copy, { recursive: true, force: true });
    }
  });

  it("give the function the variables that it reads, and the handler that there is", () => {
    const { Environment, Handler, CodeUri } = handler();
    const { Variables } = Environment as { Variables: Readonly<Record<string, string>> };
    assert.deepEqual(Object.keys(Variables).sort(), Object.keys(lambdaShape).sort());
    assert.match(Variables.DATABASE_URL ?? "", /\{\{resolve:secretsmanager:.*sslmode=verify-full/);
    assert.equal(`${String(Handler).replace(/\.handler$/, "")}.js`, handlerFile);
    assert.equal(CodeUri, "../../dist/lambda");
  });

  it("bring what the consumers hear, by Kafka and by EventBridge, and watch each", () => {
    const mappings = of("AWS::Lambda::EventSourceMapping").map(({ Properties }) => Properties);
    assert.deepEqual(mappings.flatMap(({ Topics }) => Topics).sort(), [...topics].sort());
    const { Events } = handler() as { Events: Readonly<Record<string, Resource>> };
    const { Properties: rule } = Events.Bus as Resource;
    const { detail } = rule.Pattern as {
      detail: { topic: readonly string[] };
    };
    assert.deepEqual([...detail.topic].sort(), [...topics].sort());
    // A group of its own for each, since a mapping shares its group with no other.
    const groups = mappings.map(({ AmazonManagedKafkaEventSourceConfig: config }) => config);
    assert.deepEqual(
      groups,
      mappings.map(({ Topics }) => ({ ConsumerGroupId: `notification-lambda-${Topics}` })),
    );
    const watched = of("AWS::CloudWatch::Alarm")
      .filter(({ Properties }) => Properties.MetricName === "MaxOffsetLag")
      .map(({ Properties }) => JSON.stringify(Properties.Dimensions));
    assert.equal(watched.length, topics.length);
    for (const topic of topics) {
      const group = { Name: "Consumer Group", Value: `notification-lambda-${topic}` };
      assert.ok(
        watched.some((dimensions) => dimensions.includes(JSON.stringify(group))),
        topic,
      );
    }
  });

  it("let the function say what failed, wherever it may", () => {
    const { Events } = handler() as { Events: Readonly<Record<string, Resource>> };
    const mappings = [...of("AWS::Lambda::EventSourceMapping"), Events.Queue as Resource];
    assert.equal(mappings.length, topics.length + 1);
    for (const { Properties } of mappings) {
      assert.deepEqual(Properties.FunctionResponseTypes, ["ReportBatchItemFailures"]);
    }
  });

  it("lose no message: every queue but the last ones has one for its dead, each with an alarm", () => {
    const queues = entries().filter(([, { Type }]) => Type === "AWS::SQS::Queue");
    const last = queues.filter(([, { Properties }]) => !("RedrivePolicy" in Properties));
    assert.deepEqual(last.map(([name]) => name).sort(), ["DeadEvents", "Undelivered"]);
    const [events] = queues.filter(([name]) => name === "Events");
    assert.ok(Number(events?.[1].Properties.VisibilityTimeout) >= 6 * Number(handler().Timeout));
    const depths = of("AWS::CloudWatch::Alarm")
      .filter(({ Properties }) => Properties.MetricName === "ApproximateNumberOfMessagesVisible")
      .map(({ Properties }) => Properties.Dimensions);
    assert.deepEqual(
      depths,
      last.map(([Value]) => [{ Name: "QueueName", Value }]),
    );
  });

  it("encrypt what keeps anything, by a key of their own", () => {
    const kept = [
      ...of("AWS::SQS::Queue").map(({ Properties }) => Properties.KmsMasterKeyId),
      ...of("AWS::Logs::LogGroup").map(({ Properties }) => Properties.KmsKeyId),
    ];
    assert.equal(kept.length, 4);
    assert.deepEqual(new Set(kept), new Set(["Key.Arn"]));
    assert.equal(handler().KmsKeyArn, "Keeping.Outputs.Key");
    const [topic] = of("AWS::SNS::Topic");
    assert.equal(topic?.Properties.KmsMasterKeyId, "Key");
  });

  it("allow the function nothing on everything, but what has no name", () => {
    const [policy] = of("AWS::IAM::RolePolicy");
    assert.ok(policy);
    const { Statement } = policy.Properties.PolicyDocument as {
      Statement: readonly { Action: string | readonly string[]; Resource: string }[];
    };
    for (const { Action, Resource } of Statement) {
      const actions = [Action].flat();
      assert.ok(
        actions.every((action) => !action.includes("*")),
        String(actions),
      );
      assert.ok(
        Resource !== "*" || actions.every((action) => action.startsWith("ec2:")),
        String(actions),
      );
    }
  });

  it("have 200 lines at most", async () => {
    for (const name of files) {
      const lines = (await readFile(join(folder, name), "utf8")).split("\n").length - 1;
      assert.ok(lines <= 200, `${name} has ${lines}`);
    }
  });
});
