import assert from "node:assert/strict";
import { Client, credentials } from "@grpc/grpc-js";
import { after, before, describe, it } from "mocha";
import { HealthDefinition } from "nice-grpc-server-health";
import { UserServiceDefinition } from "#gen/tradepost/user/v1/user.ts";
import { clientOf, within } from "./client.ts";
import { type Built, type Kit, type Running, startService } from "./service.ts";
import { type TestDatabase, testDatabase, testVerifier } from "./testing.ts";
import { createGate, faultOf, userRpcs } from "./testing-handlers.ts";

describe("a service", () => {
  let database: TestDatabase;
  before(async () => {
    database = await testDatabase("kit");
  });
  after(() => database.drop());

  function environment(changes: Record<string, string> = {}) {
    return {
      PROFILE: "test",
      HOST: "127.0.0.1",
      GRPC_PORT: "0",
      METRICS_PORT: "0",
      LOG_LEVEL: "silent",
      DATABASE_URL: database.url,
      ...changes,
    };
  }

  function start(build: (kit: Kit) => Partial<Built>, changes: Record<string, string> = {}) {
    return startService(
      {
        name: "kit",
        build: (kit) => ({ rpcs: [userRpcs()], check: testVerifier, ...build(kit) }),
      },
      environment(changes),
    );
  }

  function users({ port }: Running) {
    const address = `127.0.0.1:${port}`;
    return clientOf(UserServiceDefinition, { address, tls: undefined, service: "gateway" });
  }

  /** NOT_FOUND is 0, SERVING 1, NOT_SERVING 2. */
  async function health({ port }: Running, service: string): Promise<number> {
    const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
    const { requestType, responseType } = HealthDefinition.methods.check;
    const status = await new Promise<number>((resolve) => {
      client.makeUnaryRequest(
        "/grpc.health.v1.Health/Check",
        (name: string) => Buffer.from(requestType.encode({ service: name }).finish()),
        (bytes) => responseType.decode(bytes).status,
        service,
        (error, answer) => resolve(error ? 0 : (answer ?? 0)),
      );
    });
    client.close();
    return status;
  }

  it("serves its rpcs, its health and its metrics", async () => {
    const running = await start(() => ({}));
    const client = users(running);
    await client.getJwks({}, within(undefined, 2_000));
    client.close();
    const name = UserServiceDefinition.fullName;
    const names = ["", name, "database", "kafka", "nobody"];
    const states = await Promise.all(names.map((service) => health(running, service)));
    assert.deepEqual(states, [1, 1, 1, 2, 0]);
    const at = `http://127.0.0.1:${running.metricsPort}`;
    const paths = ["/health", "/health/ready", "/health/db", "/nothing"];
    const answers = await Promise.all(paths.map(async (path) => (await fetch(at + path)).status));
    assert.deepEqual(answers, [200, 200, 200, 404]);
    const metrics = await (await fetch(`${at}/metrics`)).text();
    const line = `rpc_server_duration_seconds_count{service="kit",rpc="${name}/GetJwks",code="OK"} 1`;
    assert.ok(metrics.includes(line), metrics);
    await running.stop();
  });

  it("lives on without its database, and says on its metrics port that it is gone", async () => {
    const own = await testDatabase("kit");
    const running = await start(() => ({}), { DATABASE_URL: own.url });
    await own.drop();
    const at = `http://127.0.0.1:${running.metricsPort}`;
    const answers = ["/health", "/health/ready", "/health/db"].map(async (path) => {
      const answer = await fetch(at + path);
      return [answer.status, await answer.json()];
    });
    assert.deepEqual(await Promise.all(answers), [
      [200, { status: "SERVING" }],
      [200, { status: "SERVING" }],
      [503, { status: "NOT_SERVING" }],
    ]);
    await running.stop();
  });

  it("waits for a database that is not there yet", async () => {
    const missing = new URL(database.url);
    missing.pathname = "/test_kit_later";
    const starting = start(() => ({}), { DATABASE_URL: missing.href });
    await database.db.query("create database test_kit_later");
    const running = await starting;
    assert.equal(await health(running, "database"), 1);
    await running.stop();
    await database.db.query("drop database test_kit_later with (force)");
  });

  it("stops in order: workers work until the last call is answered", async () => {
    const order: string[] = [];
    const gate = createGate();
    const started = createGate();
    const getJwks = async () => {
      started.open();
      await gate.opened;
      order.push("call");
      return {};
    };
    const running = await start(() => ({
      rpcs: [userRpcs({ getJwks })],
      workers: [{ start() {}, stop: () => void order.push("worker") }],
    }));
    const client = users(running);
    const inFlight = client.getJwks({}, within(undefined, 5_000));
    await started.opened;
    const stopped = running.stop();
    gate.open();
    await Promise.all([inFlight, stopped]);
    assert.deepEqual(order, ["call", "worker"]);
    const fault = await faultOf(client.getJwks({}, within(undefined, 500)));
    assert.match(fault.reason, /DEPENDENCY_DOWN|DEADLINE_EXCEEDED/);
    client.close();
  });

  it("asks the user service for keys, and says so when that is down", async () => {
    const running = await start(() => ({ check: undefined as never }), {
      USER_ADDR: "127.0.0.1:1",
    });
    const client = users(running);
    const call = within(undefined, 4_000);
    const header = Buffer.from('{"alg":"EdDSA","typ":"at+jwt","kid":"k"}').toString("base64url");
    call.metadata.set("authorization", `Bearer ${header}.e30.AA`);
    assert.equal((await faultOf(client.getMe({}, call))).reason, "DEPENDENCY_DOWN");
    client.close();
    await running.stop();
  });
});
