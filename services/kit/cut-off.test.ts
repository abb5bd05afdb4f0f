import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Http2Server, type ServerHttp2Stream } from "node:http2";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, it } from "mocha";
import { UserServiceDefinition } from "#gen/tradepost/user/v1/user.ts";
import { clientOf, within } from "./client.ts";
import { faultOf } from "./testing-handlers.ts";

const answer = { ":status": 200, "content-type": "application/grpc+proto" };
/** Of gRPC: not compressed, no bytes. */
const EMPTY = Buffer.alloc(5);

describe("a call whose connection breaks when its answer has begun", () => {
  let server: Http2Server;
  let users: ReturnType<typeof clientOf<typeof UserServiceDefinition>>;
  let calls: number;
  /** How many calls are cut off before one is answered. */
  let cuts: number;
  beforeEach(async () => {
    calls = 0;
    server = createServer();
    server.on("stream", (stream) => {
      calls += 1;
      calls <= cuts ? cutOff(stream) : answerWell(stream);
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    users = clientOf(UserServiceDefinition, { address, tls: undefined, service: "order" });
  });
  afterEach(() => {
    users.close();
    server.close();
  });

  it("is sent once more where the contract says that it may be", async () => {
    cuts = 1;
    assert.deepEqual(await users.getJwks({}, within(undefined, 5_000)), { keys: [] });
    assert.equal(calls, 2);
  });

  it("is not sent a third time", async () => {
    cuts = 2;
    const fault = await faultOf(users.getJwks({}, within(undefined, 5_000)));
    assert.deepEqual([fault.reason, calls], ["DEPENDENCY_DOWN", 2]);
  });

  it("is not sent again where it may have had its effect", async () => {
    cuts = 1;
    const login = { email: "demo@tradepost.dev", password: "tradepost-demo-1" };
    const fault = await faultOf(users.login(login, within(undefined, 5_000)));
    assert.deepEqual([fault.reason, calls], ["DEPENDENCY_DOWN", 1]);
  });
});

/** As a process does that is killed: headers have left it, and nothing more comes. */
function cutOff(stream: ServerHttp2Stream): void {
  stream.respond(answer);
  stream.write(EMPTY.subarray(0, 2), () => stream.session?.destroy());
}

function answerWell(stream: ServerHttp2Stream): void {
  stream.respond(answer, { waitForTrailers: true });
  stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
  stream.end(EMPTY);
}
