import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it } from "mocha";
import { BadConfiguration } from "#kit/config.ts";
import { lambdaHandler } from "./lambda-handler.ts";
import { aMinute, type LambdaHouse, lambdaHouse, recorded } from "./testing-lambda.ts";

const allInEffect = { batchItemFailures: [] };

describe("the consumers as a Lambda function", () => {
  let house: LambdaHouse;
  beforeEach(async () => {
    house = await lambdaHouse();
  });
  afterEach(() => house.stop());

  it("takes in what MSK delivers, once however often that is", async () => {
    const event = await recorded("msk");
    for (const _ of ["delivered", "and delivered again"]) {
      assert.deepEqual(await house.handler(event, aMinute), allInEffect);
    }
    const told = await house.told();
    assert.deepEqual(told.filter((line) => line.startsWith("ann")).sort(), [
      "ann: ORDER_CONFIRMED order-1",
      "ann: ORDER_SHIPPED order-1",
      "ann: ORDER_SHIPPED order-2",
    ]);
    assert.equal(told.length, 4);
    assert.equal(await house.mails(), 4);
  });

  it("knows an event by the id of its headers, whoever brings it", async () => {
    await house.handler(await recorded("msk"), aMinute);
    const { rows } = await house.db.query("select event_id from inbox order by event_id limit 1");
    assert.deepEqual(rows, [{ event_id: "0198c1d2-0000-7000-8000-000000000001" }]);
    const { rows: times } = await house.db.query("select distinct create_time from notifications");
    assert.deepEqual(times, [{ create_time: new Date("2026-11-02T09:30:00Z") }]);
  });

  it("takes in what a Kafka of one's own delivers, past tombstones", async () => {
    assert.deepEqual(await house.handler(await recorded("self-managed"), aMinute), allInEffect);
    assert.deepEqual(await house.told(), ["cara: WELCOME"]);
    const { rows } = await house.db.query("select full_name from contacts where user_id = 'cara'");
    assert.deepEqual(rows, [{ full_name: "Cara Młoda" }]);
  });

  it("takes in a queue's messages, in order of each group", async () => {
    const event = await recorded("sqs-fifo");
    for (const _ of ["received", "and received again"]) {
      assert.deepEqual(await house.handler(event, aMinute), allInEffect);
    }
    const told = await house.told();
    assert.deepEqual([...told].sort(), [
      "eve: ORDER_CONFIRMED order-5",
      "eve: ORDER_SHIPPED order-5",
      "eve: ORDER_SHIPPED order-6",
    ]);
    assert.ok(
      told.indexOf("eve: ORDER_CONFIRMED order-5") < told.indexOf("eve: ORDER_SHIPPED order-5"),
    );
  });

  it("takes in what SNS or EventBridge put into the queue", async () => {
    assert.deepEqual(await house.handler(await recorded("sqs-wrapped"), aMinute), allInEffect);
    assert.deepEqual([...(await house.told())].sort(), [
      "hal: ORDER_DELIVERED order-9",
      "hal: PAYMENT_FAILED order-9",
    ]);
  });

  it("takes in an event of EventBridge, which waits for no answer", async () => {
    const event = await recorded("eventbridge");
    for (const _ of ["delivered", "and delivered again"]) {
      assert.equal(await house.handler(event, aMinute), undefined);
    }
    assert.deepEqual(await house.told(), ["gus: PAYMENT_FAILED order-8"]);
  });

  it("says what it expects of an event in no known envelope", async () => {
    await assert.rejects(
      house.handler({ Foo: 1, Bar: 2 }, aMinute),
      /an event of Kafka, SQS or EventBridge is expected, this has: Foo, Bar/,
    );
    await assert.rejects(
      house.handler({ Records: [{ eventSource: "aws:s3" }] }, aMinute),
      /Records\.0\.eventSource/,
    );
    await assert.rejects(house.handler(undefined, aMinute), /this has: undefined/);
  });
});

describe("a Lambda instance", () => {
  it("does not start without its variables, and names all that are wrong", () => {
    assert.throws(
      () => lambdaHandler({ SUPPORT_MAIL: "nobody", LOG_LEVEL: "loud" }),
      (error) => {
        assert.ok(error instanceof BadConfiguration);
        const names = error.problems.map((problem) => problem.split(":")[0]);
        assert.deepEqual(names.sort(), ["DATABASE_URL", "LOG_LEVEL", "SUPPORT_MAIL"]);
        return true;
      },
    );
  });
});
