import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Kafka as Client, logLevel } from "kafkajs";
import { after, before, describe, it } from "mocha";
import { type Kafka, kafkaAvailable, startKafka } from "./kafka.ts";

describe("a machine without Java", () => {
  const { JAVA_HOME } = process.env;

  before(() => {
    process.env.JAVA_HOME = join(tmpdir(), "no-java-here");
  });

  after(() => {
    delete process.env.JAVA_HOME;
    Object.assign(process.env, JAVA_HOME ? { JAVA_HOME } : {});
  });

  it("is told what to install or to set", async () => {
    assert.deepEqual(await kafkaAvailable(), {
      ok: false,
      why: "Java is not installed",
      remedy: "install Java 17 or later and Maven, or set KAFKA_BROKERS to a broker that runs",
    });
  });
});

describe("the dev Kafka", function () {
  this.timeout(120_000);
  let dir: string;
  let broker: Kafka | undefined;

  before(async function () {
    const available = await kafkaAvailable();
    if (!available.ok) {
      return this.skip();
    }
    dir = await mkdtemp(join(tmpdir(), "tradepost-kafka-"));
    broker = await startKafka({ dir });
  });

  after(async () => {
    await broker?.stop();
    await rm(dir, { recursive: true });
  });

  it("makes no topic that nobody asked for", async () => {
    await withAdmin(async (admin) => {
      await assert.rejects(admin.fetchTopicMetadata({ topics: ["typo"] }), /does not host this/);
      assert.deepEqual(await admin.listTopics(), []);
    });
  });

  it("keeps its messages over stop and kill -9", async () => {
    await withAdmin((admin) => admin.createTopics({ topics: [{ topic: "orders" }] }));
    await send("first");
    await broker?.stop();
    broker = await startKafka({ dir });
    await send("second");
    broker.kill();
    await broker.exited;
    broker = await startKafka({ dir });
    assert.deepEqual(await read(2), ["first", "second"]);
  });

  function client(): Client {
    const retry = { initialRetryTime: 50, retries: 20 };
    return new Client({
      brokers: [broker?.brokers ?? ""],
      logLevel: logLevel.NOTHING,
      retry,
    });
  }

  async function withAdmin(work: (admin: ReturnType<Client["admin"]>) => Promise<unknown>) {
    const admin = client().admin();
    await admin.connect();
    await work(admin).finally(() => admin.disconnect());
  }

  async function send(value: string): Promise<void> {
    const producer = client().producer({ allowAutoTopicCreation: false });
    await producer.connect();
    await producer.send({ topic: "orders", acks: -1, messages: [{ value }] });
    await producer.disconnect();
  }

  async function read(count: number): Promise<string[]> {
    const consumer = client().consumer({ groupId: "test" });
    await consumer.connect();
    await consumer.subscribe({ topics: ["orders"], fromBeginning: true });
    const values: string[] = [];
    await new Promise<void>((resolve, reject) => {
      consumer
        .run({
          eachMessage: async ({ message }) => {
            values.push(String(message.value));
            if (values.length === count) {
              resolve();
            }
          },
        })
        .catch(reject);
    });
    await consumer.disconnect();
    return values;
  }
});
