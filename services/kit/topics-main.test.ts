import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, it } from "mocha";
import { connect } from "./kafka.ts";
import { silent } from "./log.ts";
import { testKafka } from "./testing-harness.ts";
import { topicSettings, topics } from "./topics.ts";

const program = fileURLToPath(import.meta.resolve("./topics-main.ts"));

function run(KAFKA_BROKERS: string): Promise<number> {
  const options = { env: { ...process.env, KAFKA_BROKERS } };
  return new Promise((resolve) => {
    execFile(process.execPath, [...process.execArgv, program], options, (error) =>
      resolve(Number(error?.code ?? 0)),
    );
  });
}

describe("topics-main", function () {
  this.timeout(60_000);

  it("makes every topic with its dead letters, and ends; a second time is harmless", async () => {
    const brokers = await testKafka();
    assert.deepEqual([await run(brokers), await run(brokers)], [0, 0]);
    const admin = connect({ brokers, clientId: "test", log: silent }).admin();
    await admin.connect();
    const there = await admin.listTopics();
    await admin.disconnect();
    const wanted = topicSettings(topics).map(({ topic }) => topic);
    assert.deepEqual(
      wanted.filter((topic) => !there.includes(topic)),
      [],
    );
  });

  it("ends with 2 where it is told of no broker", async () => {
    assert.equal(await run(""), 2);
  });
});
