import assert from "node:assert/strict";
import fc from "fast-check";
import { after, before, describe, it } from "mocha";
import { type Db, inTransaction } from "#kit/db.ts";
import { type TestDatabase, testDatabase } from "#kit/testing.ts";
import { uuidv7 } from "#kit/uuid.ts";
import {
  mayCapture,
  mayEnd,
  mayHold,
  mayRefund,
  mayStoreIntent,
  type PaymentGuarded,
} from "../../tests/model/guards.ts";
import { beginCapture } from "./capturing.ts";
import { recordEnds } from "./ending.ts";
import { recordHolds } from "./holding.ts";
import { type Hold, refusal } from "./intent.ts";
import { storeIntents } from "./opening.ts";
import type { PaymentStatus } from "./payment.ts";
import { paymentById } from "./reading.ts";
import { reserveRefund } from "./refund-store.ts";

const STATUSES: PaymentStatus[] = [
  "processing",
  "requires_action",
  "authorized",
  "succeeded",
  "failed",
  "cancelled",
];

/** A row that the table's constraints allow. */
const someRow = fc
  .record({
    status: fc.constantFrom(...STATUSES),
    closed: fc.boolean(),
    intent: fc.constantFrom("a", "b", undefined),
    amount: fc.integer({ min: 1, max: 4 }),
    refunded: fc.nat(4),
  })
  .map((row): PaymentGuarded => {
    const isCharged = row.status === "succeeded";
    const needsIntent = isCharged || row.status === "authorized";
    return {
      ...row,
      intent: needsIntent ? (row.intent ?? "a") : row.intent,
      refunded: isCharged ? Math.min(row.refunded, row.amount) : 0,
    };
  });

describe("what the model takes the payments' statements for", () => {
  let database: TestDatabase;
  let db: Db;
  before(async () => {
    database = await testDatabase("payment");
    db = database.db;
  });
  after(() => database.drop());

  async function insert(row: PaymentGuarded): Promise<string> {
    const id = uuidv7();
    await db.query(
      `insert into payments (id, order_id, user_id, status, closed, currency, amount, refunded,
                             payment_method, shares, shares_left, intent_id, capture, capture_before)
       values ($1, $1, 'u', $2, $3, 'USD', $4, $5, 'pm', '[]', '[]', $6, 'on_shipment', now())`,
      [id, row.status, row.closed, row.amount, row.refunded, row.intent && `${row.intent}-${id}`],
    );
    return id;
  }
  const property = <T>(some: fc.Arbitrary<T>, holds: (given: T) => Promise<void>) =>
    fc.assert(fc.asyncProperty(some, holds), { numRuns: 100 });

  it("is what notes an intent", async () => {
    await property(someRow, async (row) => {
      const id = await insert(row);
      const stored = await storeIntents(db, [{ paymentId: id, intentId: `c-${id}` }]);
      assert.deepEqual(stored, [mayStoreIntent(row)]);
    });
  });

  const someIntent = fc.constantFrom("a", "b", undefined);

  it("is what records an end", async () => {
    await property(fc.tuple(someRow, someIntent), async ([row, intent]) => {
      const id = await insert(row);
      const intentId = intent && `${intent}-${id}`;
      const payment = { ...(await paymentById(db, id)), intentId };
      const end = { payment, outcome: refusal(undefined), event: undefined, heard: undefined };
      const [ended] = await recordEnds(db, [end]);
      assert.equal(ended !== undefined, mayEnd(row, intent));
    });
  });

  it("is what records how far it is", async () => {
    const someHold = fc.constantFrom<Hold>(
      { status: "requires_action", action: { type: "", url: "", clientSecret: "" } },
      { status: "authorized", captureBefore: undefined },
    );
    await property(fc.tuple(someRow, someHold, someIntent), async ([row, hold, intent]) => {
      const id = await insert(row);
      const intentId = intent && `${intent}-${id}`;
      const payment = { ...(await paymentById(db, id)), intentId };
      const [held] = await recordHolds(db, [{ payment, hold, heard: undefined }]);
      assert.equal(held !== undefined, mayHold(row, hold.status, intent));
    });
  });

  it("is what notes a refund", async () => {
    await property(fc.tuple(someRow, fc.integer({ min: 1, max: 5 })), async ([row, amount]) => {
      const id = await insert(row);
      const payment = await paymentById(db, id);
      const refund = { key: "k", amount: BigInt(amount), reason: "" };
      const isNoted = await inTransaction(db, (tx) => reserveRefund(tx, payment, refund)).then(
        () => true,
        (error: { reason?: string }) => {
          assert.equal(error.reason, "REFUND_EXCEEDS_CHARGE");
          return false;
        },
      );
      assert.equal(isNoted, mayRefund(row, amount));
    });
  });

  it("is what begins a capture", async () => {
    await property(someRow, async (row) => {
      const id = await insert(row);
      assert.equal((await beginCapture(db, id)) !== undefined, mayCapture(row));
    });
  });
});
