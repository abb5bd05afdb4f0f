import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import type { Revocation, WatchRevocationsResponse } from "#gen/tradepost/user/v1/user.ts";
import { silent } from "#kit/log.ts";
import { type TestDatabase, testDatabase } from "#kit/testing-database.ts";
import { type RevocationFeed, revocationFeed } from "./revocation-feed.ts";
import { endSession } from "./session-store.ts";

const expireTime = new Date(Date.now() + 600_000);

function revocation(sessionId: string): Revocation {
  return { sessionId, userId: "ada", issuedBefore: undefined, expireTime };
}

describe("revocation feed", () => {
  let database: TestDatabase;
  let feed: RevocationFeed;
  before(async () => {
    database = await testDatabase("user");
    await endSession(database.db, revocation("before"), new Date());
    feed = open();
    await feed.start();
  });
  after(async () => {
    await feed.stop();
    await database.drop();
  });

  const open = () => revocationFeed({ db: database.db, url: database.url, log: silent });

  it("tells all that is known first, then each as it happens", async () => {
    const messages = feed.watch(new AbortController().signal);
    const first = await messages.next();
    assert.deepEqual(first.value, { snapshot: true, revocations: [revocation("before")] });
    await endSession(database.db, revocation("during"), new Date());
    assert.deepEqual(await untilSome(messages), [revocation("during")]);
    await messages.return();
  });

  it("tells each second that it hears", async () => {
    const messages = feed.watch(new AbortController().signal);
    await messages.next();
    const { value } = await messages.next();
    assert.deepEqual(value, { snapshot: false, revocations: [] });
    await messages.return();
  });

  it("tells its own listeners at once", async () => {
    const messages = feed.watch(new AbortController().signal);
    await messages.next();
    feed.add(revocation("own"));
    assert.deepEqual(await untilSome(messages), [revocation("own")]);
    await messages.return();
  });

  it("ends its streams when it does not hear, and starts again with all", async () => {
    const messages = feed.watch(new AbortController().signal);
    await messages.next();
    await database.db.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
        where application_name = 'user-revocations' and datname = current_database()`,
    );
    await assert.rejects(
      async () => {
        for await (const _ of messages);
      },
      { reason: "DEPENDENCY_DOWN" },
    );
    const again = await reconnected();
    assert.equal(again.snapshot, true);
    assert.ok(again.revocations.some(({ sessionId }) => sessionId === "during"));
  });

  it("ends with its caller", async () => {
    const caller = new AbortController();
    const messages = feed.watch(caller.signal);
    await messages.next();
    const waiting = messages.next();
    caller.abort(new Error("gone"));
    await assert.rejects(waiting, /gone/);
    assert.deepEqual(await messages.next(), { done: true, value: undefined });
  });

  async function reconnected(): Promise<WatchRevocationsResponse> {
    while (true) {
      const messages = feed.watch(new AbortController().signal);
      const first = await messages.next().catch(() => undefined);
      await messages.return();
      if (first?.value) {
        return first.value;
      }
      // Lets the feed's own timers run.
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
});

/** The first message that is not a heartbeat. */
async function untilSome(
  messages: AsyncGenerator<WatchRevocationsResponse, void>,
): Promise<Revocation[]> {
  for (;;) {
    const { value } = await messages.next();
    if (!value || value.revocations.length > 0) {
      return value?.revocations ?? [];
    }
  }
}
