import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { readConfig } from "#kit/config.ts";
import { openProducer, startConsumer } from "#kit/kafka.ts";
import { kafkaSecurity, kafkaSecurityShape } from "#kit/kafka-security.ts";
import { silent } from "#kit/log.ts";
import { ensureTopics } from "#kit/make-topics.ts";
import { ensureCertificates } from "../../infra/dev/certificates.ts";
import { type Kafka, kafkaAvailable, startKafka } from "../../infra/dev/kafka.ts";
import { freePort } from "../../infra/dev/ports.ts";

const signedIn = { KAFKA_TLS: "on", KAFKA_USERNAME: "mesh", KAFKA_PASSWORD: "right" };

describe("a Kafka that wants TLS and a password", function () {
  this.timeout(120_000);
  let dir: string;
  let server: Kafka | undefined;
  let brokers: string;
  let ca: string;
  before(async function () {
    if (!(await kafkaAvailable()).ok) {
      return this.skip();
    }
    dir = await mkdtemp(join(tmpdir(), "tradepost-secured-"));
    const { broker } = await ensureCertificates(dir, ["broker"]);
    ca = broker.ca;
    const pem = join(dir, "broker.pem");
    const parts = await Promise.all([broker.key, broker.cert].map((file) => readFile(file)));
    await writeFile(pem, Buffer.concat(parts));
    const [inner, port, controllerPort] = await Promise.all([freePort(), freePort(), freePort()]);
    brokers = `127.0.0.1:${port}`;
    const plain = "org.apache.kafka.common.security.plain.PlainLoginModule required";
    const scram = "org.apache.kafka.common.security.scram.ScramLoginModule required;";
    const listeners = `PLAINTEXT://127.0.0.1:${inner},SASL_SSL://${brokers}`;
    server = await startKafka({
      dir: join(dir, "kafka"),
      port: inner,
      controllerPort,
      scram: "name=mesh,password=right",
      settings: {
        listeners: `${listeners},CONTROLLER://127.0.0.1:${controllerPort}`,
        "advertised.listeners": listeners,
        "listener.security.protocol.map":
          "PLAINTEXT:PLAINTEXT,SASL_SSL:SASL_SSL,CONTROLLER:PLAINTEXT",
        "ssl.keystore.type": "PEM",
        "ssl.keystore.location": pem,
        "sasl.enabled.mechanisms": "PLAIN,SCRAM-SHA-512",
        "listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config": scram,
        "listener.name.sasl_ssl.plain.sasl.jaas.config": `${plain} user_mesh="right";`,
      },
    });
  });
  after(async () => {
    await server?.stop();
    await rm(dir, { recursive: true, force: true });
  });

  const place = (environment: Record<string, string>) => ({
    brokers,
    clientId: "test",
    log: silent,
    security: kafkaSecurity(readConfig(kafkaSecurityShape, environment)),
  });

  for (const mechanism of ["scram-sha-512", "plain"]) {
    it(`takes events and gives them back: ${mechanism}`, async () => {
      const secured = { ...signedIn, KAFKA_CA: ca, KAFKA_SASL: mechanism };
      const kafka = { ...place(secured), prefix: mechanism };
      await ensureTopics(kafka, { partitions: 1, only: ["orders"] });
      const producer = await openProducer(kafka);
      await producer.send([{ topic: "orders", key: "1", value: mechanism, headers: {} }]);
      await producer.close();
      let stop = () => Promise.resolve();
      const heard = await new Promise((resolve, reject) => {
        const consumer = startConsumer({
          ...kafka,
          topics: ["orders"],
          onCrash: reject,
          async onBatch({ records }) {
            resolve(records.map(({ value }) => String(value)));
          },
        });
        stop = consumer.stop;
      });
      await stop();
      assert.deepEqual(heard, [mechanism]);
    });
  }

  for (const [what, environment, error] of [
    ["another password", { KAFKA_PASSWORD: "wrong" }, /[Aa]uthentication failed/],
    ["a certificate of nobody that it trusts", { KAFKA_CA: "" }, /unable to verify|self.signed/],
    ["no name", { KAFKA_USERNAME: "", KAFKA_PASSWORD: "" }, /closed|disconnected|Unexpected/i],
  ] as const) {
    it(`is not spoken to with ${what}`, async () => {
      await assert.rejects(
        openProducer(place({ ...signedIn, KAFKA_CA: ca, ...environment })),
        error,
      );
    });
  }
});
