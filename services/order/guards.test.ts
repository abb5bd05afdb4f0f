import assert from "node:assert/strict";
import fc from "fast-check";
import { after, before, describe, it } from "mocha";
import { type Db, inTransaction } from "#kit/db.ts";
import { type TestDatabase, testDatabase } from "#kit/testing.ts";
import { uuidv7 } from "#kit/uuid.ts";
import {
  isOurs,
  isSeen,
  type Lease,
  mayAskCancel,
  mayDecide,
  mayMove,
  type OrderRow,
} from "../../tests/model/guards.ts";
import { orderOf } from "../../tests/model/orders.ts";
import { opened, STATUSES } from "../../tests/model/world.ts";
import { SMALL } from "../../tests/model/worlds.ts";
import { requestCancel } from "./cancelling-store.ts";
import { decideOrders } from "./deciding.ts";
import { moveOrders } from "./moving.ts";
import type { Order } from "./order.ts";
import { endSagas, lookAgain, turnBack } from "./saga-store.ts";
import type { Change } from "./steps.ts";
import type { Status } from "./transitions.ts";

const someNumber = fc.integer({ min: 1, max: 3 });
const someRow: fc.Arbitrary<OrderRow & Lease> = fc.record({
  status: fc.oneof(fc.constant<Status>("PENDING"), fc.constantFrom(...STATUSES)),
  sequence: someNumber,
  cancelAsked: fc.boolean(),
  fence: fc.option(someNumber, { nil: undefined }),
});

describe("what the model takes the orders' statements for", () => {
  let database: TestDatabase;
  let db: Db;
  before(async () => {
    database = await testDatabase("order");
    db = database.db;
  });
  after(() => database.drop());

  async function insert(row: OrderRow & Lease): Promise<string> {
    const id = uuidv7();
    const cancel = row.cancelAsked ? { actor: "u", reason: "" } : null;
    await db.query(
      `insert into orders (id, user_id, status, items, currency, subtotal, discounts, shipping, tax,
                           total, shipping_address, payment_method, payment_id, sequence,
                           cancel_requested, create_time, update_time)
       values ($1, 'u', $2, '[]', 'USD', 1, 0, 0, 0, 1, '{}', 'pm', 'p', $3, $4, now(), now())`,
      [id, row.status, row.sequence, cancel],
    );
    if (row.fence !== undefined) {
      await db.query(
        `insert into sagas (kind, id, step, state, lease_until, fence, traceparent)
         values ('checkout', $1, 'forward', '{}', now(), $2, '')`,
        [id, row.fence],
      );
    }
    return id;
  }
  function changeOf(id: string, status: Status, sequence: number): Change {
    const [world] = opened(SMALL[0] as (typeof SMALL)[0]).orders;
    assert(world);
    const order: Order = { ...orderOf(world, 1), id, status, sequence, paymentId: "p" };
    return { order, step: { event: "OrderConfirmed", status, reason: "", actor: "" } };
  }
  const event = (key: string) => ({
    id: uuidv7(),
    topic: "orders" as const,
    key,
    type: "t",
    payload: "{}",
    time: new Date(),
    traceparent: "",
  });
  const property = <T>(some: fc.Arbitrary<T>, holds: (given: T) => Promise<void>) =>
    fc.assert(fc.asyncProperty(some, holds), { numRuns: 100 });

  it("is what decides a checkout", async () => {
    const to = fc.constantFrom<Status>("PENDING", "CONFIRMED", "REJECTED", "CANCELLED");
    const someStep = fc.record({ to, sequence: fc.integer({ min: 2, max: 4 }), fence: someNumber });
    await property(fc.tuple(someRow, someStep), async ([row, step]) => {
      const id = await insert(row);
      const decision = {
        ...changeOf(id, step.to, step.sequence),
        event: event(id),
        fence: BigInt(step.fence),
        nextStep: null,
        state: {},
        answer: undefined,
      };
      assert.deepEqual(await decideOrders(db, [decision]), [mayDecide(row, step)]);
    });
  });

  it("is what looks again, turns back and ends", async () => {
    await property(fc.tuple(someRow, someNumber), async ([row, fence]) => {
      const id = await insert(row);
      const saga = { kind: "checkout", id, fence: BigInt(fence) };
      const seen = await lookAgain(db, saga);
      assert.equal(seen !== undefined, isSeen(row, fence));
      assert.equal(await turnBack(db, saga, {}), isOurs(row, fence));
      await endSagas(db, [saga]);
      const { rowCount } = await db.query("select from sagas where id = $1", [id]);
      assert.equal(rowCount, row.fence === undefined || isOurs(row, fence) ? 0 : 1);
    });
  });

  it("is what asks a checkout to go back, and moves what is confirmed", async () => {
    await property(fc.tuple(someRow, someNumber), async ([row, seen]) => {
      const id = await insert(row);
      const isAsked = await requestCancel(db, id, { actor: "u", reason: "" });
      assert.equal(isAsked, mayAskCancel(row));
      const changes = [changeOf(id, "CANCELLED", seen + 1)];
      const isMoved = await inTransaction(db, (tx) =>
        moveOrders(tx, [{ changes, traceparent: "" }]),
      ).then(
        () => true,
        () => false,
      );
      assert.equal(isMoved, mayMove(row, seen));
    });
  });
});
