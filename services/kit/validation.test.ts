import assert from "node:assert/strict";
import { Client, credentials, Metadata, type ServiceError } from "@grpc/grpc-js";
import { after, before, describe, it } from "mocha";
import { UserServiceDefinition } from "#gen/tradepost/user/v1/user.ts";
import { detailsKey } from "./status.ts";
import { type TestClient, type TestService, testService, tokenFor } from "./testing.ts";
import { faultOf, userRpcs } from "./testing-handlers.ts";

/** Sends these bytes as the request of an rpc, whatever they are. */
async function send(address: string, method: string, bytes: Buffer, token: string) {
  const client = new Client(address, credentials.createInsecure());
  const metadata = new Metadata();
  metadata.set("authorization", `Bearer ${token}`);
  const same = (value: Buffer) => value;
  const path = `/tradepost.user.v1.UserService/${method}`;
  const error = await new Promise<ServiceError | null>((resolve) => {
    client.makeUnaryRequest(path, same, same, bytes, metadata, resolve);
  });
  client.close();
  return error;
}

describe("a request", () => {
  let service: TestService;
  let users: TestClient<typeof UserServiceDefinition>;
  let token: string;

  before(async () => {
    service = await testService("user", { rpcs: [userRpcs()] });
    token = await tokenFor({ userId: "user-123" });
    users = service.client(UserServiceDefinition, { token });
  });

  after(() => service.stop());

  it("of bytes that are no message is INVALID_ARGUMENT", async () => {
    const error = await send(service.address, "GetProfile", Buffer.from([0x0a, 0xff, 0x01]), token);
    assert.equal(error?.code, 3);
    assert.equal(error?.details, "the message is not valid protobuf");
    assert.ok(error?.metadata.get(detailsKey).length === 1);
  });

  it("with text that is not UTF-8 is refused", async () => {
    const error = await send(service.address, "GetProfile", Buffer.from([0x0a, 1, 0xff]), token);
    assert.deepEqual([error?.code, error?.details], [3, "a string is not valid UTF-8"]);
  });

  it("with U+0000 is refused, as PostgreSQL would", async () => {
    const fault = await faultOf(users.updateMe({ user: { fullName: "a\0b" } }));
    assert.deepEqual(fault.violations, [
      { field: "user.fullName", rule: "string.nul", message: "must not contain U+0000" },
    ]);
  });

  it("hears every rule that it breaks, in JSON's names", async () => {
    const fault = await faultOf(users.register({ email: "no", password: "short", fullName: "A" }));
    assert.equal(fault.reason, "INVALID_FIELD");
    assert.deepEqual(
      fault.violations.map(({ field, rule }) => [field, rule]),
      [
        ["email", "string.email"],
        ["password", "string.min_len"],
      ],
    );
  });
});
