import assert from "node:assert/strict";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { baseBackup } from "../../infra/dev/base-backup.ts";
import { type Mesh, startMesh } from "../../infra/dev/mesh.ts";
import { freePort } from "../../infra/dev/ports.ts";
import type { Postgres } from "../../infra/dev/postgres.ts";
import { untilQuiet } from "../chaos/quiet.ts";
import { placesOf } from "../e2e/operator.ts";
import { eventually, printedOrder, type Rest, rest } from "../e2e/rest.ts";
import { tradepost } from "../e2e/terminal.ts";
import { keepStripe, lostCharges, payBack, violations } from "./afterwards.ts";
import { archivedAt, aSecond, recover, startArchiving, untilArchived } from "./archive.ts";
import { idsOf, print, seconds } from "./looking.ts";

const QUIET_MS = 120_000;

describe("a PostgreSQL whose disk is lost", function () {
  this.timeout(1_800_000);
  let dir: string;
  let server: Postgres;
  let recovered: Postgres | undefined;
  let mesh: Mesh;
  let demo: Rest;
  const orders: Record<"base" | "before" | "after", string[]> = { base: [], before: [], after: [] };
  let second: Date;

  before(async () => {
    dir = await mkdtemp(join(tmpdir(), "tradepost-pitr-"));
    // Under root, PostgreSQL runs as somebody else and must get to its data and its archive.
    await chmod(dir, 0o755);
    server = await startArchiving(join(dir, "postgres"), join(dir, "archive"));
    mesh = await meshOn(server, "old");
  });
  after(async () => {
    await mesh?.stop();
    await Promise.all([server?.stop(), recovered?.stop()]);
    await rm(dir, { recursive: true, force: true });
  });

  async function meshOn({ url }: Postgres, name: string): Promise<Mesh> {
    const env = { DATABASE_URL: url };
    const started = await startMesh({ dir: join(dir, name), ports: "free", env });
    await started.ready("kafka");
    demo = await rest(started.gatewayUrl).as("demo@tradepost.dev");
    return started;
  }

  async function buy(count: number): Promise<string[]> {
    const bought: string[] = [];
    while (bought.length < count) {
      const { body, text } = await demo.post("/api/v1/orders", printedOrder);
      assert.equal(body?.status, "CONFIRMED", text);
      bought.push(body.id);
    }
    return bought;
  }

  it("was copied while orders came, its log archived since, and a second was noted", async () => {
    const [bought] = await Promise.all([
      buy(10),
      baseBackup({ url: server.url, to: join(dir, "base"), archived: true }),
    ]);
    orders.base = bought;
    orders.before = await buy(10);
    second = await aSecond(server);
    orders.after = await buy(10);
    assert.deepEqual((await untilQuiet(mesh, performance.now(), QUIET_MS)).open, {});
  });

  it("is killed, and its folder is gone", async () => {
    await untilArchived(server);
    // These are in no archive yet, or only just.
    orders.after.push(...(await buy(10)));
    assert.deepEqual((await untilQuiet(mesh, performance.now(), QUIET_MS)).open, {});
    const archived = await archivedAt(server);
    const lostAt = Date.now();
    server.kill();
    await server.exited;
    await rm(join(dir, "postgres", "data"), { recursive: true });
    const { status } = await demo.post("/api/v1/orders", printedOrder);
    assert.equal(status, 503);
    print(`the last ${seconds(lostAt - +archived)} before the disk was lost were not archived`);
  });

  it("is as it was at that second: with the orders before, and without those after", async () => {
    await mesh.stop();
    const begun = Date.now();
    recovered = await recover({
      base: join(dir, "base"),
      archive: join(dir, "archive"),
      password: join(dir, "postgres", "password"),
      until: second,
      dir: join(dir, "recovered"),
    });
    const replayed = Date.now();
    await keepStripe(join(dir, "old"), join(dir, "new"));
    const admin = recovered.url;
    const urls = Object.entries(placesOf(mesh)).flatMap(([name, url]) =>
      name.endsWith("_DATABASE_URL") ? [[name, movedTo(admin, String(url))]] : [],
    );
    // No Kafka is there yet; one that another mesh has on this machine is not meant.
    const env = { ...Object.fromEntries(urls), KAFKA_PORT: String(await freePort()) };
    const republished = await tradepost(["republish", "--json"], env);
    assert.equal(republished.code, 0, republished.err);
    mesh = await meshOn(recovered, "new");
    await buy(1);
    print(
      `replayed in ${seconds(replayed - begun)}, an order taken ${seconds(Date.now() - begun)} ` +
        `after the restore was begun; ${JSON.parse(republished.out).events} events to send again`,
    );
    const kept = await idsOf(mesh, "order", "select id from orders");
    const all = [...orders.base, ...orders.before];
    assert.deepEqual(
      all.filter((id) => !kept.includes(id)),
      [],
    );
    assert.deepEqual(
      orders.after.filter((id) => kept.includes(id)),
      [],
    );
    for (const id of all) {
      assert.equal((await demo.get(`/api/v1/orders/${id}`)).body.status, "CONFIRMED");
    }
  });

  it("agrees with itself and with Stripe, once the lost orders' charges are paid back", async () => {
    assert.deepEqual((await untilQuiet(mesh, performance.now(), QUIET_MS)).open, {});
    const first = await violations(mesh);
    assert.deepEqual([first.code, first.violated.map(({ id }) => id)], [1, ["I4"]]);
    const charges = await eventually(
      () => lostCharges(mesh),
      ({ length }) => length >= orders.after.length,
      180_000,
    );
    assert.deepEqual(charges.map(({ orderId }) => orderId).sort(), [...orders.after].sort());
    for (const charge of charges) {
      await payBack(mesh, charge);
    }
    const { code, violated } = await violations(mesh);
    assert.deepEqual([code, violated], [0, []]);
  });
});

/** The same database and role on the server of `admin`, whose passwords are those of before. */
function movedTo(admin: string, url: string): string {
  const moved = new URL(url);
  moved.port = new URL(admin).port;
  return moved.href;
}
