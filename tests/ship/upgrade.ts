import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { type Mesh, startMesh } from "../../infra/dev/mesh.ts";
import { root } from "../../infra/dev/root.ts";
import { type ServiceName, services } from "../../infra/dev/services.ts";
import { lastRelease, type Release, releaseNamed } from "../../infra/release/last-release.ts";
import { migrationsSince } from "../../infra/release/new-migrations.ts";
import { untilQuiet } from "../chaos/quiet.ts";
import { type Balancer, balance } from "../e2e/balancer.ts";
import { type CheckoutLoad, checkoutLoad } from "../e2e/checkout-load.ts";
import { placesOf } from "../e2e/operator.ts";
import { instancesOf, replace } from "../e2e/replace.ts";
import { eventually, printedOrder, rest } from "../e2e/rest.ts";
import { tradepost } from "../e2e/terminal.ts";
import { deadLetters, unheard } from "./heard.ts";
import { buildRelease } from "./release-build.ts";

type Program = ServiceName | "gateway";

interface OldMesh {
  readonly mesh: Mesh;
  readonly gateways: Balancer;
  readonly load: CheckoutLoad;
  /** From which folder each program is started next. */
  readonly homes: Map<Program, string>;
}

/** `npm run test:upgrade`; UPGRADE_FROM names another tag or commit. Too long for the gate. */
const { UPGRADE_FROM } = process.env;
/** Longer than the balancer takes to notice. */
const SHUTDOWN_DELAY_MS = "3000";
const HEARD_MS = 60_000;

describe("an upgrade from the last release, under load,", function () {
  this.timeout(3_600_000);
  let release: Release;
  let old = "";
  before(async () => {
    const found = UPGRADE_FROM ? releaseNamed(UPGRADE_FROM) : lastRelease();
    assert.ok(
      found,
      `${UPGRADE_FROM ?? "the last release"} is not in the history: git fetch --tags`,
    );
    release = found;
    old = await mkdtemp(join(tmpdir(), `tradepost-${release.name.replaceAll("/", "-")}-`));
    await buildRelease(release, old);
    process.stdout.write(`    from ${release.name}\n`);
  });
  after(async () => {
    await rm(old, { recursive: true, force: true });
  });

  const orders: readonly (readonly [title: string, programs: readonly Program[]])[] = [
    ["the gateway first", ["gateway", ...services]],
    ["the gateway last", [...services.toReversed(), "gateway"]],
  ];
  for (const [title, programs] of orders) {
    it(`${title}, and one service back, fails no request and loses no event`, async () => {
      await inOldMesh(async (all) => {
        const { mesh, gateways, load } = all;
        await probe(mesh, gateways);
        for (const program of programs) {
          await move(all, program, root);
          await load.signIn();
          await probe(mesh, gateways);
        }
        await move(all, changed(release), old);
        await probe(mesh, gateways);
        const { failed, orders, reads } = await load.stop();
        assert.deepEqual(failed, []);
        assert.ok(orders > 0 && reads > 0);
        process.stdout.write(`    ${orders} orders and ${reads} reads\n`);
        await holds(mesh);
      });
    });
  }

  /** All of it from the release, two of each, and people who shop. */
  async function inOldMesh(work: (all: OldMesh) => Promise<void>): Promise<void> {
    const dir = await mkdtemp(join(tmpdir(), "tradepost-upgrade-"));
    const homes = new Map<Program, string>();
    let mesh: Mesh | undefined;
    let gateways: Balancer | undefined;
    try {
      mesh = await startMesh({
        dir,
        ports: "free",
        instances: 2,
        env: { SHUTDOWN_DELAY_MS },
        home: (name) => homes.get(programOf(name)) ?? old,
      });
      await mesh.ready("kafka");
      gateways = await balance(mesh.gatewayUrls);
      const load = await checkoutLoad(gateways);
      await work({ mesh, gateways, load, homes }).finally(() => load.stop());
    } finally {
      await gateways?.stop();
      await mesh?.stop();
      await rm(dir, { recursive: true, force: true });
    }
  }
});

async function move({ mesh, gateways, homes }: OldMesh, program: Program, home: string) {
  homes.set(program, home);
  for (const name of instancesOf(mesh).filter((one) => programOf(one) === program)) {
    await replace(mesh, gateways, name);
  }
}

/** `order` of `order-2` */
function programOf(instance: string): Program {
  return instance.replace(/-\d+$/, "") as Program;
}

/** The service to step back with: one whose tables the release does not know, if there is one. */
function changed(release: Release): ServiceName {
  const folders = migrationsSince(release).map(({ folder }) => folder);
  return services.find((name) => folders.includes(name)) ?? "order";
}

/** One order, paid and cancelled, of which everybody hears. */
async function probe(mesh: Mesh, gateways: Balancer): Promise<void> {
  const demo = await rest(gateways.next()).as("demo@tradepost.dev");
  const { body, text } = await demo.post("/api/v1/orders", printedOrder);
  assert.equal(body?.status, "CONFIRMED", text);
  const { status } = await demo.post(`/api/v1/orders/${body.id}:cancel`, {});
  assert.equal(status, 200);
  await eventually(
    () => unheard(mesh, body.id),
    ({ length }) => length === 0,
    HEARD_MS,
  );
}

/** What must be true once all is quiet. */
async function holds(mesh: Mesh): Promise<void> {
  const { open } = await untilQuiet(mesh, performance.now(), HEARD_MS);
  assert.deepEqual(open, {});
  assert.deepEqual(await deadLetters(mesh), []);
  const { code, out, err } = await tradepost(["verify"], placesOf(mesh));
  assert.equal(code, 0, `${out}${err}`);
}
