import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import type { Manifest } from "../../infra/backup/sections.ts";
import { type Mesh, startMesh } from "../../infra/dev/mesh.ts";
import { freePort } from "../../infra/dev/ports.ts";
import { untilQuiet } from "../chaos/quiet.ts";
import { placesOf } from "../e2e/operator.ts";
import { eventually, printedOrder, type Rest, rest } from "../e2e/rest.ts";
import { tradepost } from "../e2e/terminal.ts";
import { keepStripe, lostCharges, payBack, violations } from "./afterwards.ts";
import { countOf, idsOf, intentsOf, print, seconds } from "./looking.ts";
import { type Bought, shop } from "./shoppers.ts";

const QUIET_MS = 120_000;

describe("a mesh that is lost with all its data", function () {
  this.timeout(1_800_000);
  let dir: string;
  let old: Mesh;
  let mesh: Mesh | undefined;
  let demo: Rest;
  let keyFile: string;
  let file: string;
  let manifest: Manifest;
  /** Of the last backup's command. */
  let began = 0;
  let ended = 0;
  let bought: readonly Bought[] = [];
  /** Confirmed, its events sent, and not heard by all when the backup was made. */
  let unheard = "";
  /** Not charged yet when the backup was made. */
  let pending: readonly string[] = [];

  before(async () => {
    dir = await mkdtemp(join(tmpdir(), "tradepost-lost-"));
    keyFile = join(dir, "key");
    file = join(dir, "backup");
    await writeFile(keyFile, `${randomBytes(32).toString("base64")}\n`, { mode: 0o600 });
    old = await startMesh({ dir: join(dir, "old"), ports: "free" });
    await old.ready("kafka");
    demo = await rest(old.gatewayUrl).as("demo@tradepost.dev");
  });
  after(async () => {
    await old?.stop();
    await mesh?.stop();
    await rm(dir, { recursive: true, force: true });
  });

  it("is backed up while people shop, and none of their requests fails", async () => {
    const shoppers = shop(demo);
    await eventually(
      async () => shoppers.bought.length,
      (count) => count >= 20,
      60_000,
    );
    const first = join(dir, "first");
    const made = await tradepost(["backup", first, "--unencrypted", "--json"], placesOf(old));
    assert.equal(made.code, 0, made.err);
    const before = shoppers.bought.length;
    await eventually(
      async () => shoppers.bought.length,
      (count) => count >= before + 10,
      60_000,
    );
    assert.deepEqual(await shoppers.stop(), []);
    assert.equal((await stat(first)).mode & 0o777, 0o600);
    const { code, out } = await tradepost(["restore", first, "--check"]);
    assert.equal(code, 0);
    assert.match(out, /^order +\d+ +\d+ +0003_redrive \d+_/m);
    print(`writers were held back for ${JSON.parse(made.out).heldMs} ms`);
  });

  it("is backed up between a charge and its order, and between an event and who hears it", async () => {
    signal("SIGSTOP", "notification", "analytics");
    const { body } = await demo.post("/api/v1/orders", printedOrder);
    assert.equal(body.status, "CONFIRMED");
    unheard = body.id;
    const sent = `select count(*)::int as n from outbox
                   where key = '${unheard}' and published_at is not null`;
    await eventually(
      async () => countOf(old, "order", sent),
      (n) => n === 2,
      30_000,
    );

    signal("SIGSTOP", "payment");
    const shoppers = shop(demo);
    const uncharged = "select id from orders where status = 'PENDING' and total is not null";
    await eventually(
      async () => (await idsOf(old, "order", uncharged)).length,
      (n) => n > 0,
      60_000,
    );
    pending = await idsOf(old, "order", uncharged);
    began = Date.now();
    const args = ["backup", file, "--key-file", keyFile, "--json"];
    const made = await tradepost(args, placesOf(old));
    ended = Date.now();
    assert.equal(made.code, 0, made.err);
    manifest = JSON.parse(made.out);

    // The life that will be lost goes on, and charges what the backup has as not charged.
    signal("SIGCONT", "payment", "notification", "analytics");
    const before = shoppers.bought.length;
    await eventually(
      async () => shoppers.bought.length,
      (n) => n >= before + 20,
      120_000,
    );
    assert.deepEqual(await shoppers.stop(), []);
    bought = shoppers.bought;
    assert.deepEqual((await untilQuiet(old, performance.now(), QUIET_MS)).open, {});
    assert.deepEqual(
      await intentsOf(old, pending),
      pending.map(() => 1),
    );
  });

  it("comes back from the file, with the orders of then and no others", async () => {
    await old.stop();
    await rm(join(dir, "old", "postgres"), { recursive: true });
    await rm(join(dir, "old", "kafka"), { recursive: true });
    const anew = join(dir, "new");
    await keepStripe(join(dir, "old"), anew);
    const begun = performance.now();
    const env = { TRADEPOST_DIR: anew, POSTGRES_PORT: String(await freePort()) };
    const args = ["restore", file, "--key-file", keyFile, "--json"];
    const restored = await tradepost(args, env);
    assert.equal(restored.code, 0, restored.err);
    const restoredAt = performance.now();
    mesh = await startMesh({ dir: anew, ports: "free" });
    demo = await rest(mesh.gatewayUrl).as("demo@tradepost.dev");
    const { body } = await demo.post("/api/v1/orders", printedOrder);
    assert.equal(body.status, "CONFIRMED", "new orders are taken");
    print(
      `${JSON.parse(restored.out).events} events to send again; restored in ` +
        `${seconds(restoredAt - begun)}, an order taken after ${seconds(performance.now() - begun)}`,
    );
    const again = await tradepost(args, env);
    assert.equal(again.code, 1);
    assert.match(again.err, /stop the mesh first/);

    const kept = new Set(await idsOf(mesh, "order", "select id from orders"));
    for (const { id, toldAt, askedAt } of bought) {
      assert.ok(kept.has(id) || toldAt > began, `${id} was confirmed before the backup`);
      assert.ok(!kept.has(id) || askedAt < ended, `${id} was placed after the backup`);
    }
    assert.ok(pending.every((id) => kept.has(id)) && kept.has(unheard));
    assert.ok(
      bought.some(({ id }) => !kept.has(id)),
      "some are lost",
    );
  });

  it("goes on: what was under way ends, and what nobody had heard is heard", async () => {
    const back = mesh as Mesh;
    await back.ready("kafka");
    assert.deepEqual((await untilQuiet(back, performance.now(), QUIET_MS)).open, {});
    for (const id of [...pending, unheard]) {
      const { body } = await demo.get(`/api/v1/orders/${id}`);
      assert.equal(body.status, "CONFIRMED");
    }
    assert.deepEqual(
      await intentsOf(back, pending),
      pending.map(() => 1),
    );
    const told = `select kind as id from notifications where order_id = '${unheard}'`;
    assert.deepEqual(await idsOf(back, "notification", told), ["ORDER_CONFIRMED"]);
  });

  it("names the charges of lost orders; once they are paid back, nothing is wrong", async () => {
    const back = mesh as Mesh;
    const kept = new Set(await idsOf(back, "order", "select id from orders"));
    const lost = bought.filter(({ id }) => !kept.has(id)).map(({ id }) => id);
    const first = await violations(back);
    assert.deepEqual([first.code, first.violated.map(({ id }) => id)], [1, ["I4"]]);
    // The reconciler leaves alone what is younger than a minute.
    const charges = await eventually(
      () => lostCharges(back),
      ({ length }) => length >= lost.length,
      180_000,
    );
    assert.deepEqual(charges.map(({ orderId }) => orderId).sort(), lost.sort());
    for (const charge of charges) {
      await payBack(back, charge);
    }
    const { code, violated } = await violations(back);
    assert.deepEqual([code, violated], [0, []]);
    print(`${lost.length} orders placed after ${manifest.time} were lost and paid back`);
  });

  function signal(name: NodeJS.Signals, ...processes: readonly string[]): void {
    for (const one of processes) {
      old.processes[one]?.signal(name);
    }
  }
});
