import assert from "node:assert/strict";
import { afterEach, describe, it } from "mocha";
import type { Revocation } from "#gen/tradepost/user/v1/user.ts";
import { Fault } from "./errors.ts";
import { silent } from "./log.ts";
import { type RevocationMessage, type Revocations, watchRevocations } from "./revocations.ts";
import type { Claims } from "./tokens.ts";

const later = new Date(Date.now() + 86_400_000);

function claims(sessionId: string, userId = "user-123", issuedAt = new Date(1_000)): Claims {
  return {
    userId,
    sessionId,
    tokenId: "t",
    roles: [],
    scopes: undefined,
    issuedAt,
    expireTime: later,
  };
}

function revocation(changes: Partial<Revocation>): Revocation {
  return {
    sessionId: "",
    userId: "user-123",
    issuedBefore: undefined,
    expireTime: later,
    ...changes,
  };
}

/** A user service that says what the test says, and breaks when told to. */
function createSource() {
  const waiting: ((message: RevocationMessage | Error) => void)[] = [];
  const listening: (() => void)[] = [];
  return {
    async *watch(signal: AbortSignal): AsyncGenerator<RevocationMessage> {
      while (!signal.aborted) {
        const next = await new Promise<RevocationMessage | Error>((resolve) => {
          waiting.push(resolve);
          signal.addEventListener("abort", () => resolve(new Error("stopped")), { once: true });
          listening.shift()?.();
        });
        if (next instanceof Error) {
          throw next;
        }
        yield next;
      }
    },
    /** Resolves when the message was taken in and the next is waited for. */
    async say(message: RevocationMessage | Error) {
      if (waiting.length === 0) {
        await new Promise<void>((resolve) => listening.push(resolve));
      }
      const heard = new Promise<void>((resolve) => listening.push(resolve));
      waiting.shift()?.(message);
      await heard;
    },
  };
}

describe("revocations", () => {
  let revocations: Revocations;
  afterEach(() => revocations.stop());

  function start() {
    const source = createSource();
    revocations = watchRevocations({ watch: source.watch, log: silent });
    return source;
  }

  function isRefused(token: Claims): boolean {
    try {
      revocations.check(token);
      return false;
    } catch (error) {
      assert.ok(error instanceof Fault);
      assert.equal(error.reason, "REVOKED_TOKEN");
      return true;
    }
  }

  it("refuse a session that has ended, and no other", async () => {
    const source = start();
    assert.ok(revocations.isDeaf);
    await source.say({ snapshot: true, revocations: [revocation({ sessionId: "s1" })] });
    await source.say({ snapshot: false, revocations: [revocation({ sessionId: "s2" })] });
    assert.deepEqual(
      ["s1", "s2", "s3"].map((id) => isRefused(claims(id))),
      [true, true, false],
    );
    assert.ok(!revocations.isDeaf);
  });

  it("refuse a person's tokens that were issued before a moment", async () => {
    const source = start();
    const issuedBefore = new Date(5_000);
    await source.say({ snapshot: true, revocations: [revocation({ issuedBefore })] });
    assert.ok(isRefused(claims("s1", "user-123", new Date(4_000))));
    assert.ok(!isRefused(claims("s1", "user-123", new Date(5_000))));
    assert.ok(!isRefused(claims("s1", "user-456", new Date(4_000))));
  });

  it("are forgotten with the tokens that they end, and by a new snapshot", async () => {
    const source = start();
    const expireTime = new Date(Date.now() - 1);
    const over = revocation({ sessionId: "s1", expireTime });
    await source.say({ snapshot: true, revocations: [over, revocation({ sessionId: "s2" })] });
    assert.deepEqual([isRefused(claims("s1")), isRefused(claims("s2"))], [false, true]);
    await source.say({ snapshot: true, revocations: [] });
    assert.ok(!isRefused(claims("s2")));
  });

  it("stay while the stream is away, and are heard again when it is back", async () => {
    const source = start();
    await source.say({ snapshot: true, revocations: [revocation({ sessionId: "s1" })] });
    await source.say(new Error("the user service was killed"));
    assert.ok(isRefused(claims("s1")));
    await source.say({ snapshot: true, revocations: [revocation({ sessionId: "s2" })] });
    assert.deepEqual([isRefused(claims("s1")), isRefused(claims("s2"))], [false, true]);
  });
});
