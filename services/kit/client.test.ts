import assert from "node:assert/strict";
import { createServer, type Server } from "node:net";
import { after, describe, it } from "mocha";
import { UserServiceDefinition } from "#gen/tradepost/user/v1/user.ts";
import type { Call, CallExtras } from "./call.ts";
import { clientOf, within } from "./client.ts";
import { Fault } from "./errors.ts";
import { repeatableOf } from "./repeatable.ts";
import { isUnknownOutcome } from "./status.ts";
import { type TestService, testService, tokenFor } from "./testing.ts";
import { faultOf, userRpcs } from "./testing-handlers.ts";

const ends: (() => Promise<void> | void)[] = [];

async function serve(handlers: Parameters<typeof userRpcs>[0]): Promise<TestService> {
  const service = await testService("user", { rpcs: [userRpcs(handlers)] });
  ends.unshift(() => service.stop());
  return service;
}

function clientAt(address: string, service = "gateway") {
  const client = clientOf(UserServiceDefinition, { address, tls: undefined, service });
  ends.unshift(() => client.close());
  return client;
}

/** Takes connections and breaks each at once; counts them. */
async function brokenServer(): Promise<{ address: string; server: Server }> {
  const server = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  ends.unshift(() => void server.close());
  const { port } = server.address() as { port: number };
  return { address: `127.0.0.1:${port}`, server };
}

describe("a client", () => {
  after(async () => {
    for (const end of ends) {
      await end();
    }
  });

  it("passes on what is left of the deadline, the request id, and the person only if asked", async () => {
    const seen: Call[] = [];
    const callee = await serve({
      async getJwks(_request: never, { call }: CallExtras) {
        seen.push(call);
        return {};
      },
    });
    const hop = clientAt(callee.address, "order");
    const caller = await serve({
      async getMe(_request: never, { call }: CallExtras) {
        seen.push(call);
        await hop.getJwks({}, within(call, 3_000));
        await hop.getJwks({}, within(call, 100, { asCaller: true }));
        return {};
      },
    });
    const token = await tokenFor({ userId: "user-123" });
    const users = caller.client(UserServiceDefinition, { token });
    await users.getMe({}, { timeoutMs: 1_000, headers: { "x-request-id": "r-1" } });
    const [first, second, third] = seen as [Call, Call, Call];
    const [outer, inner, short] = [first, second, third].map(({ deadline }) => Number(deadline));
    // gRPC sends a deadline as whole milliseconds that are left, so a hop adds its own travel.
    assert.ok((inner as number) <= (outer as number) - 30);
    assert.ok((short as number) < (inner as number));
    assert.deepEqual([second.requestId, third.requestId], ["r-1", "r-1"]);
    assert.equal(second.traceparent, first.traceparent);
    assert.deepEqual(
      [second, third].map(({ caller: { userId, service } }) => [userId, service]),
      [
        ["", "order"],
        ["user-123", "order"],
      ],
    );
  });

  it("cancels the call below when its own caller goes away", async () => {
    const going = new AbortController();
    const cancelled = new Promise<void>((resolve) => {
      void serveAndWait(resolve);
    });
    async function serveAndWait(resolve: () => void) {
      const service = await serve({
        getJwks: (_request: never, { call }: CallExtras) =>
          new Promise((_resolve, reject) => {
            call.signal.addEventListener("abort", () => {
              resolve();
              reject(call.signal.reason);
            });
            going.abort();
          }),
      });
      const users = clientAt(service.address);
      const options = { ...within(undefined, 5_000), signal: going.signal };
      const fault = await faultOf(users.getJwks({}, options));
      assert.equal(fault.reason, "CANCELLED");
      assert.ok(isUnknownOutcome(fault));
    }
    await cancelled;
  });

  it("tries again on UNAVAILABLE only what its contract calls repeatable", async () => {
    const calls = { getJwks: 0, login: 0 };
    const unavailable = (name: keyof typeof calls) => async () => {
      calls[name] += 1;
      throw new Fault("SHUTTING_DOWN", "the service is stopping");
    };
    const service = await serve({ getJwks: unavailable("getJwks"), login: unavailable("login") });
    const users = clientAt(service.address);
    const fault = await faultOf(users.getJwks({}, within(undefined, 5_000)));
    const login = { email: "demo@tradepost.dev", password: "tradepost-demo-1" };
    await faultOf(users.login(login, within(undefined, 5_000)));
    assert.equal(fault.reason, "SHUTTING_DOWN");
    assert.deepEqual(calls, { getJwks: 3, login: 1 });
  });

  it("does not multiply the tries of the hop below", async () => {
    let calls = 0;
    const service = await serve({
      async getJwks() {
        calls += 1;
        throw new Fault("DEPENDENCY_DOWN", "the database cannot be reached");
      },
    });
    await faultOf(clientAt(service.address).getJwks({}, within(undefined, 5_000)));
    assert.equal(calls, 1);
  });

  it("has a retry policy for exactly the rpcs that say so", () => {
    assert.deepEqual(
      repeatableOf(UserServiceDefinition).map(({ method }) => method),
      ["GetMe", "UpdateMe", "GetProfile", "GetJwks", "WatchRevocations"],
    );
  });

  it("says that nobody knows what became of a call that was lost or late", async () => {
    const { address } = await brokenServer();
    const lost = await faultOf(
      clientAt(address).login({ email: "a", password: "b" }, within(undefined, 2_000)),
    );
    const service = await serve({ login: () => new Promise(() => {}) });
    const late = await faultOf(
      clientAt(service.address).login({ email: "a", password: "b" }, within(undefined, 50)),
    );
    assert.deepEqual([lost.reason, late.reason], ["DEPENDENCY_DOWN", "DEADLINE_EXCEEDED"]);
    assert.ok(isUnknownOutcome(lost) && isUnknownOutcome(late));
    assert.equal(lost.message, "user does not answer");
  });

  it("knows a refusal from an unknown outcome", async () => {
    const service = await serve({
      async login() {
        throw new Fault("WRONG_PASSWORD", "e-mail or password is wrong");
      },
    });
    const users = clientAt(service.address);
    const fault = await faultOf(
      users.login({ email: "a", password: "b" }, within(undefined, 2_000)),
    );
    assert.equal(fault.reason, "WRONG_PASSWORD");
    assert.ok(!isUnknownOutcome(fault));
  });

  it("reads a stream to its end, fault included", async () => {
    const service = await serve({
      async *watchRevocations() {
        yield { snapshot: true, revocations: [] };
        throw new Fault("OVERLOADED", "too many listeners");
      },
    });
    const messages: boolean[] = [];
    const stream = clientAt(service.address, "order").watchRevocations(
      {},
      within(undefined, 2_000),
    );
    const fault = await faultOf(
      (async () => {
        for await (const { snapshot } of stream) {
          messages.push(snapshot);
        }
      })(),
    );
    assert.deepEqual([messages, fault.reason], [[true], "OVERLOADED"]);
  });
});
