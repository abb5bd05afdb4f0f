import assert from "node:assert/strict";
import { after, describe, it } from "mocha";
import { UserServiceDefinition } from "#gen/tradepost/user/v1/user.ts";
import type { CallExtras } from "./call.ts";
import { clientOf, within } from "./client.ts";
import { Fault } from "./errors.ts";
import { createLog, silent } from "./log.ts";
import { type TestService, type TestServiceOptions, testService, tokenFor } from "./testing.ts";
import { createGate, faultOf, userRpcs } from "./testing-handlers.ts";

const services: TestService[] = [];

async function serve(
  handlers: Parameters<typeof userRpcs>[0],
  options: Partial<TestServiceOptions> = {},
) {
  const service = await testService("user", { rpcs: [userRpcs(handlers)], ...options });
  services.push(service);
  const token = await tokenFor({ userId: "user-123" });
  return { service, users: service.client(UserServiceDefinition, { token }) };
}

describe("the server", () => {
  after(async () => {
    await Promise.all(services.map((service) => service.stop()));
  });

  it("hides an error that nobody meant for the caller", async () => {
    const { users } = await serve({
      async getMe() {
        throw new Error("password=hunter2 at 10.0.0.7");
      },
    });
    const fault = await faultOf(users.getMe({}));
    assert.deepEqual(
      { reason: fault.reason, message: fault.message, metadata: fault.metadata },
      { reason: "INTERNAL", message: "internal error", metadata: {} },
    );
  });

  it("shows no idempotency key to what is public or answers secrets", async () => {
    const seen: (string | undefined)[] = [];
    const keep = async (_: object, { call }: CallExtras) => {
      seen.push(call.idempotencyKey);
      return {};
    };
    const { users } = await serve({ getMe: keep, verifyToken: keep, login: keep });
    const as = { idempotencyKey: "k", token: await tokenFor({ userId: "user-123" }) };
    await users.getMe({}, as);
    await users.verifyToken({ accessToken: "x" }, as);
    await users.login({ email: "a@example.com", password: "long enough 1" }, as);
    assert.deepEqual(seen, ["k", undefined, undefined]);
  });

  it("hides the words of an internal fault too", async () => {
    const { users } = await serve({
      async getMe() {
        throw new Fault("INTERNAL", "relation users does not exist");
      },
    });
    assert.equal((await faultOf(users.getMe({}))).message, "internal error");
  });

  it("tells a fault with all that belongs to it", async () => {
    const told = new Fault("OUT_OF_STOCK", "prod-001: 2 asked, 1 left — sorry", {
      metadata: { productId: "prod-001" },
      violations: [{ field: "items[0].quantity", rule: "int32.gte_lte", message: "too many" }],
      retryAfterMs: 1_500,
    });
    const { users } = await serve({
      async getMe() {
        throw told;
      },
    });
    const { reason, message, metadata, violations, retryAfterMs } = await faultOf(users.getMe({}));
    assert.deepEqual(
      { reason, message, metadata, violations, retryAfterMs },
      {
        reason: told.reason,
        message: told.message,
        metadata: told.metadata,
        violations: told.violations,
        retryAfterMs: 1_500,
      },
    );
  });

  it("gives a handler its call", async () => {
    const seen: CallExtras["call"][] = [];
    const { users } = await serve({
      async getMe(_request: never, { call }: CallExtras) {
        seen.push(call);
        return {};
      },
    });
    const traceparent = `00-${"a".repeat(32)}-${"b".repeat(16)}-01`;
    await users.getMe(
      {},
      { idempotencyKey: "k1", headers: { "x-request-id": "r-1", traceparent }, timeoutMs: 2_000 },
    );
    await users.getMe({}, { headers: { "x-request-id": "not / well formed" } });
    const [first, second] = seen;
    assert.deepEqual(
      [first?.rpc, first?.requestId, first?.traceparent, first?.idempotencyKey],
      ["tradepost.user.v1.UserService/GetMe", "r-1", traceparent, "k1"],
    );
    assert.deepEqual(first?.caller, {
      userId: "user-123",
      roles: ["CUSTOMER"],
      sessionId: "session-of-user-123",
      service: "gateway",
    });
    assert.ok(first?.deadline && +first.deadline - Date.now() <= 2_000);
    assert.match(second?.requestId ?? "", /^[0-9a-f-]{36}$/);
    assert.match(second?.traceparent ?? "", /^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
    assert.deepEqual(first?.requestHash, second?.requestHash);
  });

  it("turns away what is too much at once, and says when to come back", async () => {
    const gate = createGate();
    const { users } = await serve(
      {
        async getMe() {
          await gate.opened;
          return {};
        },
      },
      { limits: { calls: 1, streams: 1 } },
    );
    const first = users.getMe({});
    const fault = await faultOf(users.getMe({}));
    assert.deepEqual([fault.reason, fault.retryAfterMs], ["OVERLOADED", 1_000]);
    gate.open();
    await first;
  });

  it("logs an internal error once, with its stack", async () => {
    const log = createLog({ service: "user", level: "warn" });
    const lines: unknown[][] = [];
    const spy = Object.assign(Object.create(log), {
      warn: (...line: unknown[]) => void lines.push(line),
    });
    const { users } = await serve(
      {
        async getMe() {
          throw new Error("boom");
        },
      },
      { log: spy },
    );
    await faultOf(users.getMe({}, { headers: { "x-request-id": "r-9" } }));
    assert.equal(lines.length, 1);
    const [fields] = lines[0] as [{ requestId: string; err: Error }];
    assert.equal(fields.requestId, "r-9");
    assert.match(fields.err.stack ?? "", /boom\n\s+at /);
  });

  it("finishes the call in flight when it stops, and takes no new one", async () => {
    const gate = createGate();
    const started = createGate();
    const { service, users } = await serve(
      {
        async getMe() {
          started.open();
          await gate.opened;
          return { user: { id: "user-123" } };
        },
      },
      { log: silent },
    );
    const inFlight = users.getMe({});
    await started.opened;
    const { address } = service;
    const late = clientOf(UserServiceDefinition, { address, tls: undefined, service: "gateway" });
    const stopped = service.stop();
    gate.open();
    const [{ user }] = await Promise.all([inFlight, stopped]);
    assert.equal(user?.id, "user-123");
    const fault = await faultOf(late.getJwks({}, within(undefined, 1_000)));
    assert.equal(fault.reason, "DEPENDENCY_DOWN");
    late.close();
  });
});
