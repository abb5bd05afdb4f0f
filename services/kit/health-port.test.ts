import assert from "node:assert/strict";
import { Client, credentials, status } from "@grpc/grpc-js";
import { afterEach, beforeEach, describe, it } from "mocha";
import { HealthDefinition } from "nice-grpc-server-health";
import { createHealth, type Health } from "./health.ts";
import { type HealthPort, openHealthPort } from "./health-port.ts";

const { requestType, responseType } = HealthDefinition.methods.check;

/** HealthCheckResponse.ServingStatus, or the gRPC code of the refusal. */
function ask({ port }: HealthPort, service: string, path = "/grpc.health.v1.Health/Check") {
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
  return new Promise<{ status?: number; code?: number }>((resolve) => {
    client.makeUnaryRequest(
      path,
      (name: string) => Buffer.from(requestType.encode({ service: name }).finish()),
      (bytes) => responseType.decode(bytes).status as number,
      service,
      (error, answer) => resolve(error ? { code: error.code } : { status: answer ?? 0 }),
    );
  }).finally(() => client.close());
}

describe("the health port", () => {
  let health: Health;
  let port: HealthPort;
  let isThere = true;
  beforeEach(async () => {
    isThere = true;
    health = createHealth({ probes: { database: async () => isThere } });
    port = await openHealthPort({ host: "127.0.0.1", port: 0, rpcs: health.rpcs });
  });
  afterEach(() => port.stop());

  it("tells without TLS whether the service serves", async () => {
    assert.deepEqual(await ask(port, ""), { status: 2 });
    health.setServing(true);
    assert.deepEqual(await ask(port, ""), { status: 1 });
  });

  it("asks the database only when it is asked about the database", async () => {
    health.setServing(true);
    isThere = false;
    assert.deepEqual(await ask(port, "database"), { status: 2 });
    assert.deepEqual(await ask(port, ""), { status: 1 });
  });

  it("serves nothing else", async () => {
    const answer = await ask(port, "", "/tradepost.user.v1.UserService/GetJwks");
    assert.deepEqual(answer, { code: status.UNIMPLEMENTED });
  });

  it("is not there unless it is asked for", async () => {
    const none = await openHealthPort({ host: "127.0.0.1", port: undefined, rpcs: health.rpcs });
    assert.equal(none.port, undefined);
    await none.stop();
  });
});
