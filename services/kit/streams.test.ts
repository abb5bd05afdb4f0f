import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { UserServiceDefinition } from "#gen/tradepost/user/v1/user.ts";
import type { CallExtras } from "./call.ts";
import { testService } from "./testing.ts";
import { createGate, faultOf, type Handler, userRpcs } from "./testing-handlers.ts";

describe("a stream", () => {
  async function serve(watchRevocations: Handler) {
    const service = await testService("user", { rpcs: [userRpcs({ watchRevocations })] });
    const users = service.client(UserServiceDefinition, { service: "order" });
    return { service, users };
  }

  async function read(messages: AsyncIterable<unknown>, onMessage = () => {}): Promise<void> {
    for await (const _message of messages) {
      onMessage();
    }
  }

  it("is ended by a server that stops, also when its handler does not listen", async () => {
    const { service, users } = await serve(async function* () {
      yield { snapshot: true };
      await new Promise(() => {});
    });
    const heard = createGate();
    const reading = faultOf(read(users.watchRevocations({}), heard.open));
    await heard.opened;
    const stopped = service.stop();
    // The client may try again, and finds nobody.
    assert.match((await reading).reason, /SHUTTING_DOWN|DEPENDENCY_DOWN/);
    await stopped;
  });

  it("tells its handler when the reader goes away", async () => {
    const told = createGate();
    const { service, users } = await serve(async function* (_request: never, extras: CallExtras) {
      extras.call.signal.addEventListener("abort", told.open);
      yield { snapshot: true };
      await told.opened;
    });
    for await (const _message of users.watchRevocations({})) {
      break;
    }
    await told.opened;
    await service.stop();
  });

  it("goes through the same checks as any call", async () => {
    const { service, users } = await serve(async function* () {});
    const fault = await faultOf(read(users.watchRevocations({}, { service: "gateway" })));
    assert.equal(fault.reason, "ROLE_REQUIRED");
    await service.stop();
  });

  it("hides an unexpected error as any call does", async () => {
    const { service, users } = await serve(async function* () {
      yield { snapshot: true };
      throw new Error("10.0.0.7 went away");
    });
    const fault = await faultOf(read(users.watchRevocations({})));
    assert.deepEqual([fault.reason, fault.message], ["INTERNAL", "internal error"]);
    await service.stop();
  });
});
