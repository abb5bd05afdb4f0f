import assert from "node:assert/strict";
import { status } from "@grpc/grpc-js";
import { describe, it } from "mocha";
import { refusal } from "./testing/backend.ts";
import { ask, type Bench, startBench } from "./testing/harness.ts";

interface Seen {
  readonly badges: string[];
  readonly tokens: (string | undefined)[];
}

/** Runs a test before a backend that knows the badge `good`, whose pass it believes while `isGood`. */
async function bench(
  run: (bench: Bench, seen: Seen, state: { isGood: boolean; isUp: boolean }) => Promise<void>,
): Promise<void> {
  const seen: Seen = { badges: [], tokens: [] };
  const state = { isGood: true, isUp: true };
  const started = await startBench({
    ExchangeBadge({ badge }) {
      seen.badges.push(badge);
      if (!state.isUp) {
        throw refusal(status.UNAVAILABLE, "away");
      }
      if (badge !== "good") {
        throw refusal(status.UNAUTHENTICATED, "no such badge");
      }
      return { pass: `pass-${seen.badges.length}` };
    },
    ListCrates(_request, { metadata }) {
      seen.tokens.push(metadata.get("authorization")[0]?.toString());
      assert.deepEqual(metadata.get("depot-badge"), []);
      if (!state.isGood) {
        throw refusal(status.UNAUTHENTICATED, "that pass is over");
      }
      return { crates: [] };
    },
    GetCrate(_request, { metadata }) {
      seen.tokens.push(metadata.get("authorization")[0]?.toString());
      return { crate: { id: "1" } };
    },
  });
  try {
    await run(started, seen, state);
  } finally {
    await started.stop();
  }
}

const good = { "depot-badge": "good" };

describe("credentials that the contract exchanges", () => {
  it("are a token to the services, asked for once", () =>
    bench(async (gateway, { badges, tokens }) => {
      const asked = Array.from({ length: 5 }, () =>
        ask(gateway, "GET /v1/crates", undefined, good),
      );
      const answers = await Promise.all(asked);
      assert.deepEqual(
        answers.map((answer) => answer.status),
        [200, 200, 200, 200, 200],
      );
      assert.deepEqual(badges, ["good"]);
      assert.deepEqual([...new Set(tokens)], ["Bearer pass-1"]);
    }));

  it("are refused where the rpc that knows them refuses them, and asked about again", () =>
    bench(async (gateway, { badges, tokens }) => {
      for (let count = 0; count < 2; count++) {
        const headers = { "depot-badge": "bad" };
        const { status, json } = await ask(gateway, "GET /v1/crates", undefined, headers);
        assert.deepEqual([status, json.detail], [401, "no such badge"]);
      }
      assert.deepEqual([badges, tokens], [["bad", "bad"], []]);
    }));

  it("are exchanged again when a service does not believe the token any more", () =>
    bench(async (gateway, { tokens }, state) => {
      const call = async () => (await ask(gateway, "GET /v1/crates", undefined, good)).status;
      assert.equal(await call(), 200);
      state.isGood = false;
      assert.equal(await call(), 401);
      state.isGood = true;
      assert.equal(await call(), 200);
      assert.deepEqual(tokens, ["Bearer pass-1", "Bearer pass-1", "Bearer pass-2"]);
    }));

  it("count for nothing beside a token, and where none are needed", () =>
    bench(async (gateway, { badges, tokens }) => {
      await ask(gateway, "GET /v1/crates", undefined, { ...good, authorization: "Bearer own" });
      await ask(gateway, "GET /v1/crates/1", undefined, good);
      await ask(gateway, "GET /v1/crates");
      assert.deepEqual(badges, []);
      assert.deepEqual(tokens, ["Bearer own", undefined, undefined]);
    }));

  it("are nobody's fault while the rpc that knows them does not answer", () =>
    bench(async (gateway, _seen, state) => {
      state.isUp = false;
      const { status, json } = await ask(gateway, "GET /v1/crates", undefined, good);
      assert.deepEqual([status, json.reason], [503, "DEPENDENCY_DOWN"]);
    }));
});
