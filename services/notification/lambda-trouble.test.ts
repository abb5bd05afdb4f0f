import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "mocha";
import { silent } from "#kit/log.ts";
import { consumers } from "./consumers.ts";
import { readDelivery } from "./lambda-envelopes.ts";
import { taking } from "./lambda-taking.ts";
import { confirmed, shipped } from "./testing.ts";
import { aMinute, delivered, type LambdaHouse, lambdaHouse, recorded } from "./testing-lambda.ts";

/** With time as often as it is asked for that, and then no more. */
function briefly(calls: number, onCall: (call: number) => void = () => {}) {
  let call = 0;
  return {
    getRemainingTimeInMillis() {
      call += 1;
      onCall(call);
      return call <= calls ? 10_000 : 5_000;
    },
  };
}

const offsets = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, at) => ({
    itemIdentifier: { partition: "orders-0", offset: from + at },
  }));

describe("the consumers as a Lambda function, in trouble", function () {
  this.timeout(30_000);
  let house: LambdaHouse;
  beforeEach(async () => {
    house = await lambdaHouse();
  });
  afterEach(() => house.stop());

  it("asks for all again while the database is away, then takes each in once", async () => {
    const kafka = await recorded("msk");
    const queue = await recorded("sqs-fifo");
    const bus = await recorded("eventbridge");
    await house.proxy.down();
    const { batchItemFailures: ofKafka = [] } = (await house.handler(kafka, briefly(6))) ?? {};
    assert.deepEqual(
      ofKafka.map(({ itemIdentifier }) => itemIdentifier),
      [
        { partition: "orders-0", offset: 15 },
        { partition: "orders-0", offset: 16 },
        { partition: "orders-0", offset: 17 },
        { partition: "orders-4", offset: 7 },
      ],
    );
    const { batchItemFailures: ofQueue = [] } = (await house.handler(queue, briefly(6))) ?? {};
    assert.deepEqual(ofQueue.map(({ itemIdentifier }) => itemIdentifier).sort(), [
      "00000001-1111-4222-8333-444444444444",
      "00000002-1111-4222-8333-444444444444",
      "00000003-1111-4222-8333-444444444444",
    ]);
    await assert.rejects(house.handler(bus, briefly(6)), /must be delivered again/);
    assert.deepEqual(await house.told(), []);
    await house.proxy.up();
    for (const event of [kafka, queue, bus]) {
      const { batchItemFailures = [] } = (await house.handler(event, aMinute)) ?? {};
      assert.deepEqual(batchItemFailures, []);
    }
    assert.equal((await house.told()).length, 8);
    assert.deepEqual(await house.deadLetters(), []);
  });

  it("names what is not in effect of a batch in whose middle the database went away", async () => {
    const told = Array.from({ length: 700 }, (_, at) => confirmed("ann", `o${at}`));
    const event = delivered(...told);
    // Asked before each try and before each transaction: when it is asked for the third time, the
    // first 500 are in effect and the rest is about to be.
    let away: Promise<void> | undefined;
    const answer = await house.handler(
      event,
      briefly(6, (call) => {
        away ??= call === 3 ? house.proxy.down() : undefined;
      }),
    );
    assert.ok(away);
    assert.deepEqual(answer, { batchItemFailures: offsets(500, 700) });
    assert.equal((await house.told()).length, 500);
    await away;
    await house.proxy.up();
    const rest = { ...event, records: { "orders-0": event.records["orders-0"].slice(500) } };
    assert.deepEqual(await house.handler(rest, aMinute), { batchItemFailures: [] });
    assert.equal((await house.told()).length, 700);
    assert.equal(await house.mails(), 700);
  });

  it("waits out a connection that breaks, within the invocation", async () => {
    await house.handler(delivered(confirmed("ann", "o1")), aMinute);
    assert.ok(house.proxy.reset() > 0);
    const event = delivered(confirmed("ann", "o1"), shipped("ann", "o1"));
    assert.deepEqual(await house.handler(event, aMinute), { batchItemFailures: [] });
    assert.deepEqual(await house.told(), ["ann: ORDER_CONFIRMED o1", "ann: ORDER_SHIPPED o1"]);
  });

  it("begins nothing without the time to end it", async () => {
    const event = delivered(confirmed("ann", "o1"), shipped("ann", "o1"));
    assert.deepEqual(await house.handler(event, briefly(0)), { batchItemFailures: offsets(0, 2) });
    assert.deepEqual(await house.told(), []);
  });

  it("keeps what no contract can read as a dead letter, and does not ask for it again", async () => {
    const event = delivered(
      { key: "o1", value: "no order" },
      shipped("ann", "o1"),
      confirmed("bob", "o2"),
    );
    assert.deepEqual(await house.handler(event, aMinute), { batchItemFailures: [] });
    assert.deepEqual(await house.told(), ["bob: ORDER_CONFIRMED o2"]);
    assert.deepEqual(await house.deadLetters(), [
      { topic: "orders", key: "o1", attempts: 1, parked: false },
      { topic: "orders", key: "o1", attempts: 0, parked: true },
    ]);
  });

  it("keeps what a consumer throws at as a dead letter too, after its tries", async () => {
    const take = taking({
      service: "notification",
      db: house.db,
      log: silent,
      retry: { tries: 2, firstMs: 1, maxMs: 1 },
      subscriptions: consumers("support@example.com"),
    });
    // PostgreSQL's text takes no NUL.
    const event = delivered(confirmed("ann", "o1"), confirmed("a\0", "o2"), confirmed("bob", "o3"));
    assert.deepEqual(await take(readDelivery(event), () => 60_000), []);
    assert.deepEqual(await house.told(), ["ann: ORDER_CONFIRMED o1", "bob: ORDER_CONFIRMED o3"]);
    const [letter] = await house.deadLetters();
    assert.deepEqual(letter, { topic: "orders", key: "o2", attempts: 2, parked: false });
  });

  it("leaves a message that holds no event to its queue, and takes in the others", async () => {
    const event = (await recorded("sqs-fifo")) as {
      Records: { messageId: string; body: string }[];
    };
    const [first, second, third] = event.Records;
    assert.ok(first && second && third);
    const anonymous = { ...JSON.parse(third.body), id: "17" };
    const Records = [
      { ...first, body: "{" },
      second,
      { ...third, body: JSON.stringify(anonymous) },
    ];
    assert.deepEqual(await house.handler({ Records }, aMinute), {
      batchItemFailures: [first, third].map(({ messageId }) => ({ itemIdentifier: messageId })),
    });
    assert.deepEqual(await house.told(), ["eve: ORDER_SHIPPED order-6"]);
  });

  it("asks again for what is of a topic that is not heard here", async () => {
    const event = delivered(confirmed("ann", "o1"));
    const [record] = event.records["orders-0"];
    const strange = { ...event, records: { "products-0": [{ ...record, topic: "products" }] } };
    assert.deepEqual(await house.handler(strange, aMinute), {
      batchItemFailures: [{ itemIdentifier: { partition: "products-0", offset: 0 } }],
    });
  });
});
