import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { redacted } from "./redaction.ts";
import { tokenFor } from "./testing.ts";
import { faultOf } from "./testing-handlers.ts";
import { RedriveRig } from "./testing-redrive.ts";
import { uuidv7 } from "./uuid.ts";

describe("the dead letters of a service", function () {
  this.timeout(30_000);
  const rig = new RedriveRig();

  async function dead(keys: readonly string[]): Promise<void> {
    await rig.test.db.query(
      `insert into dead_letters (consumer, topic, partition, "offset", key, event_id, type, payload,
                                 headers, error, attempts, first_failed_at)
       select 'test', 'orders', 0, at, key, id, 'tradepost.test.v1.Tested', '{"n":1}', '{}', 'bad',
              2, now()
         from unnest($1::text[], $2::uuid[]) with ordinality as dead (key, id, at)`,
      [keys, keys.map(() => uuidv7())],
    );
  }

  it("are listed newest first, in pages, by topic, consumer and key", async () => {
    await dead(["a", "b", "c", "d", "e"]);
    const client = rig.letters();
    const seen: string[] = [];
    let pageToken: string | undefined = "";
    while (pageToken !== undefined) {
      const page: Awaited<ReturnType<typeof client.listDeadLetters>> = await client.listDeadLetters(
        { pageSize: 2, pageToken },
      );
      seen.push(...page.deadLetters.map(({ key }) => key));
      pageToken = page.nextPageToken;
    }
    assert.deepEqual(seen, ["e", "d", "c", "b", "a"]);
    const keys = async (filter: object) =>
      (await client.listDeadLetters(filter)).deadLetters.map(({ key }) => key);
    assert.deepEqual(await keys({ key: "c" }), ["c"]);
    assert.deepEqual(await keys({ topic: "users" }), []);
    assert.deepEqual(await keys({ consumer: "nobody" }), []);
    assert.equal((await keys({ service: "test", topic: "orders", consumer: "test" })).length, 5);
    const { counts } = await client.countDeadLetters({});
    assert.deepEqual(counts, [
      { service: "test", consumer: "test", topic: "orders", dead: 5, parked: 0 },
    ]);
    const elsewhere = await faultOf(client.listDeadLetters({ service: "sofa" }));
    assert.equal(elsewhere.violations[0]?.field, "service");
    const { nextPageToken = "" } = await client.listDeadLetters({ pageSize: 2 });
    const forged = await faultOf(client.listDeadLetters({ key: "a", pageToken: nextPageToken }));
    assert.equal(forged.reason, "INVALID_PAGE_TOKEN");
  });

  it("are for admins and the operator, and unknown ones are not there", async () => {
    await dead(["a"]);
    const [letter] = await rig.waiting();
    const id = letter?.id ?? "";
    const token = await tokenFor({ userId: "user-support", roles: ["SUPPORT", "MERCHANT"] });
    const reasons = await Promise.all(
      [{ token }, {}, { service: "order" }].map(async (as) => [
        (await faultOf(rig.letters(as).listDeadLetters({}))).reason,
        (await faultOf(rig.letters(as).redriveDeadLetter({ id }))).reason,
      ]),
    );
    assert.deepEqual(reasons, [
      ["ROLE_REQUIRED", "ROLE_REQUIRED"],
      ["MISSING_CREDENTIALS", "MISSING_CREDENTIALS"],
      ["MISSING_CREDENTIALS", "MISSING_CREDENTIALS"],
    ]);
    const admin = await rig.admin();
    assert.equal((await admin.getDeadLetter({ id })).deadLetter?.key, "a");
    for (const other of ["test_999999", "test_", "test_x", "sofa_1", "1", `${id}_1`]) {
      const fault = await faultOf(admin.getDeadLetter({ id: other }));
      assert.equal(fault.reason, "DEAD_LETTER_NOT_FOUND", other);
    }
  });

  it("leave a trail that nobody changes unseen", async () => {
    const { db } = rig.test;
    await dead(["a", "b", "c"]);
    const admin = await rig.admin();
    const letters = await rig.waiting();
    await Promise.all(
      letters.map(({ id }) => admin.discardDeadLetter({ id, reason: `not ${id}` })),
    );
    const wrong = async () => (await db.query("select * from audit_mismatches")).rows;
    assert.deepEqual(await wrong(), []);
    for (const change of ["update audit set reason = ''", "delete from audit", "truncate audit"]) {
      await assert.rejects(db.query(change), /only ever added to/);
    }
    const { rows } = await db.query<{ last: bigint }>("select max(sequence) as last from audit");
    const last = rows[0]?.last ?? 0n;
    await db.query("alter table audit disable trigger audit_is_kept");
    await db.query("update audit set reason = 'harmless' where sequence = $1", [last - 1n]);
    assert.deepEqual(await wrong(), [{ sequence: last - 1n }]);
    await db.query("delete from audit where sequence = $1", [last - 1n]);
    assert.deepEqual(await wrong(), [{ sequence: last }]);
    await db.query("truncate audit");
    await db.query("alter table audit enable trigger audit_is_kept");
  });

  it("show nothing that the contract marks as sensitive", () => {
    const event = { userId: "u1", email: "a@example.com", fullName: "Ann", sequence: "1" };
    const error = 'SyntaxError: Unexpected token, "{"email":"a@example.com" is not JSON';
    const shown = redacted("users", { payload: JSON.stringify({ ...event, extra: 1 }), error });
    assert.deepEqual(JSON.parse(shown.payload), {
      userId: "u1",
      email: "[redacted]",
      fullName: "[redacted]",
      sequence: "1",
      extra: "[redacted]",
    });
    assert.equal(shown.error, 'SyntaxError: Unexpected token, "[redacted]" is not JSON');
    const torn = redacted("users", { payload: '{"email":"a@ex', error });
    assert.equal(torn.payload, "[redacted]");
    const order = { payload: '{"orderId":"o1', error };
    assert.deepEqual(redacted("orders", order), order);
  });
});
