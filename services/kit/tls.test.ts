import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { UserServiceDefinition } from "#gen/tradepost/user/v1/user.ts";
import { ensureCertificates } from "../../infra/dev/certificates.ts";
import type { CallExtras } from "./call.ts";
import { clientOf, within } from "./client.ts";
import { type TestService, testService } from "./testing.ts";
import { faultOf, userRpcs } from "./testing-handlers.ts";
import { serverCredentials, type TlsFiles } from "./tls.ts";

describe("a connection between services", () => {
  const ends: (() => void)[] = [];
  let folder: string;
  let files: Record<"user" | "order" | "payment", TlsFiles>;
  let strangers: TlsFiles;
  let service: TestService;
  let peers: (string | undefined)[];

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "tradepost-tls-"));
    files = await certificates(join(folder, "ours"));
    strangers = (await certificates(join(folder, "theirs"))).order;
    peers = [];
    service = await testService("user", {
      rpcs: [
        userRpcs({
          async getJwks(_request: never, { call }: CallExtras) {
            peers.push(call.caller.service);
            return {};
          },
          async *watchRevocations() {
            yield { snapshot: true };
          },
        }),
      ],
      credentials: serverCredentials(files.user),
      isPlaintext: false,
    });
  });

  after(async () => {
    for (const end of ends) {
      end();
    }
    await service.stop();
    await rm(folder, { recursive: true });
  });

  async function certificates(at: string) {
    const made = await ensureCertificates(at, ["user", "order", "payment"]);
    const entries = Object.entries(made).map(([name, { ca, cert, key }]) => [
      name,
      { ca, certificate: cert, key },
    ]);
    return Object.fromEntries(entries) as typeof files;
  }

  function users(tls: TlsFiles | undefined) {
    const { address } = service;
    const client = clientOf(UserServiceDefinition, { address, tls, service: "payment" });
    ends.push(() => client.close());
    return client;
  }

  it("tells who calls by the certificate, whatever the caller says", async () => {
    const lie = within(undefined, 3_000);
    lie.metadata.set("x-tradepost-service", "payment");
    lie.metadata.set("x-tradepost-peer", "payment");
    const order = users(files.order);
    await order.getJwks({}, lie);
    await order.getJwks({}, within(undefined, 3_000));
    assert.deepEqual(peers, ["order", "order"]);
  });

  it("lets in by that name", async () => {
    const heard: boolean[] = [];
    const stream = users(files.payment).watchRevocations({}, within(undefined, 3_000));
    for await (const { snapshot } of stream) {
      heard.push(snapshot);
    }
    assert.deepEqual(heard, [true]);
    const own = users(files.user).watchRevocations({}, within(undefined, 3_000));
    const fault = await faultOf(own[Symbol.asyncIterator]().next());
    assert.equal(fault.reason, "ROLE_REQUIRED");
  });

  it("is not made without a certificate, nor with another authority's", async () => {
    const plain = await faultOf(users(undefined).getJwks({}, within(undefined, 3_000)));
    const other = await faultOf(users(strangers).getJwks({}, within(undefined, 3_000)));
    assert.deepEqual([plain.reason, other.reason], ["DEPENDENCY_DOWN", "DEPENDENCY_DOWN"]);
  });

  it("is not made with a server that is another service", async () => {
    const other = await testService("order", {
      rpcs: [userRpcs()],
      credentials: serverCredentials(files.order),
      isPlaintext: false,
    });
    const { address } = other;
    const tls = files.payment;
    const client = clientOf(UserServiceDefinition, { address, tls, service: "payment" });
    const fault = await faultOf(client.getJwks({}, within(undefined, 1_000)));
    assert.match(fault.reason, /DEPENDENCY_DOWN|DEADLINE_EXCEEDED/);
    client.close();
    await other.stop();
  });
});
