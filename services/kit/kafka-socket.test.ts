import assert from "node:assert/strict";
import { once } from "node:events";
import net from "node:net";
import { describe, it } from "mocha";
import { openProducer } from "./kafka.ts";
import { wholeAnswers } from "./kafka-socket.ts";
import { silent } from "./log.ts";
import { record, testTopics } from "./testing-kafka.ts";

describe("a connection to Kafka", function () {
  this.timeout(30_000);

  it("hands on whole answers, however their bytes arrive", async () => {
    const answer = (text: string) => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(text.length);
      return Buffer.concat([length, Buffer.from(text)]);
    };
    const answers = ["one", "", "and two", "x".repeat(100_000)].map(answer);
    const stream = Buffer.concat([...answers, answer("a broken one").subarray(0, 9)]);
    for (const size of [1, 3, 10, stream.length]) {
      const server = net.createServer((peer) => {
        for (let at = 0; at < stream.length; at += size) {
          peer.write(stream.subarray(at, at + size));
        }
        peer.end();
      });
      const heard: Buffer[] = [];
      const socket = wholeAnswers({
        host: "127.0.0.1",
        port: await listening(server),
        ssl: undefined,
        onConnect: () => {},
      });
      socket.on("data", (whole: Buffer) => heard.push(whole));
      await once(socket, "close");
      server.close();
      assert.deepEqual(heard, answers, `in pieces of ${size}`);
    }
  });

  it("that breaks in the midst of an answer costs the next one nothing", async () => {
    const topics = await testTopics({ partitions: 1, only: ["orders"] });
    const port = Number(topics.brokers.split(":")[1]);
    let broken = 0;
    const proxy = net.createServer((near) => {
      const far = net.connect(port, "127.0.0.1");
      near.pipe(far).on("error", () => near.destroy());
      near.on("error", () => far.destroy());
      if (broken < 2) {
        broken += 1;
        far.once("data", (bytes) => near.write(bytes.subarray(0, 9), () => near.destroy()));
      } else {
        far.pipe(near);
      }
    });
    const producer = await openProducer({
      ...topics,
      brokers: `127.0.0.1:${await listening(proxy)}`,
      clientId: "test",
      log: silent,
    });
    await producer.send([record("orders", "k", {})]);
    await producer.close();
    proxy.close();
    assert.equal(broken, 2);
  });
});

async function listening(server: net.Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as net.AddressInfo).port;
}
