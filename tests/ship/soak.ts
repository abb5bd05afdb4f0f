// `npm run soak`: an hour of load in ten minutes, on a mesh of its own. SOAK_SECONDS=90 is a look.
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { after, before, describe, it } from "mocha";
import { services } from "../../infra/dev/services.ts";
import { findK6, runK6 } from "../../load-tests/run/k6.ts";
import { type OwnMesh, ownMesh } from "../../load-tests/run/meshes.ts";
import { eventually, rest } from "../e2e/rest.ts";
import { type Held, inWords, watchMemory } from "./soak-memory.ts";
import { type RowsOf, rowsOf } from "./soak-rows.ts";

const SECONDS = Number(process.env.SOAK_SECONDS ?? 600);
/** Six times those of soak.js, so that ten minutes bring an hour's requests. */
const CLIENTS = Number(process.env.SOAK_CLIENTS ?? 120);
/** Two minutes of ten. */
const WARM_SHARE = 0.2;
const MOST_GROWTH = 0.05;
/** Below this, heaps have not grown to where they stay, and nothing can be said of memory. */
const LEAST_SECONDS = 480;
const AGE_EACH_MS = 30_000;
/** Rows are young for 20 s, aged within 30, and found by a look that comes every 30 to 90. */
const ROW_SECONDS = 140;
const GONE_MS = 300_000;

/** PostgreSQL and Kafka fill caches of a fixed size, and the sandbox and the mailbox are memory. */
const JUDGED = [...services, "gateway"];

const say = (line: string) => void process.stdout.write(`${line}\n`);

describe("a soak", function () {
  this.timeout(SECONDS * 1_000 + 900_000);
  let own: OwnMesh;
  let rows: RowsOf;
  let reportDir: string;
  before(async function () {
    if (process.platform !== "linux") {
      say("memory is read from /proc, which only Linux has");
      this.skip();
    }
    await findK6();
    reportDir = await mkdtemp(join(tmpdir(), "tradepost-soak-"));
    own = await ownMesh();
    rows = await rowsOf(own.mesh);
  });
  after(async () => {
    await rows?.close();
    await own?.stop();
    await rm(reportDir, { recursive: true, force: true });
  });

  let memory: readonly Held[] = [];
  let left: Record<string, number> = {};
  let written: Record<string, number> = {};

  it("answers everything right from the first minute to the last", async () => {
    const over = new AbortController();
    const { signal } = over;
    const beside = [
      watchMemory(own.mesh, SECONDS * WARM_SHARE * 1_000, signal),
      keepAging(signal),
      keepSigningIn(signal),
    ] as const;
    const load = { vus: CLIENTS, duration: `${SECONDS}s`, env: own.where, reportDir, silent: true };
    const { summary, output } = await runK6({ ...load, script: "soak" }).finally(() =>
      over.abort(),
    );
    [memory] = await Promise.all(beside);
    [left, written] = [await rows.passing(), await rows.written()];
    assert.equal(summary?.wrong, 0, output);
    assert.ok(summary.checks.every(({ passes }) => passes > 0));
    say(`      ${summary.answers} answers, ${summary.perSecond}/s`);
  });

  it("leaves the memory of each process flat within 5 % after the first fifth", function () {
    say(memory.map(inWords).join("\n"));
    if (SECONDS < LEAST_SECONDS) {
      say(`      not judged: ${SECONDS} s are too short`);
      this.skip();
    }
    const grown = memory.filter(
      ({ process, growth }) => JUDGED.includes(process) && !(growth <= MOST_GROWTH),
    );
    assert.deepEqual(grown, []);
  });

  it("has no more rows of what passes than of the last minutes", () => {
    const share = ROW_SECONDS / SECONDS;
    const kept = Object.entries(written).filter(([table, all]) => {
      return share < 1 && (left[table] ?? 0) > all * share;
    });
    assert.deepEqual(kept, []);
    assert.ok(
      ["order.outbox", "notification.inbox", "order.idempotency_keys"].every(
        (table) => (written[table] ?? 0) > 0,
      ),
    );
  });

  it("has none of them once their time is up", async () => {
    await eventually(
      async () => {
        await rows.age();
        await delay(1_000);
        return Object.entries(await rows.passing()).filter(([, count]) => count > 0);
      },
      (some) => some.length === 0,
      GONE_MS,
    );
  });

  it("knows of every table whether its rows pass", () => {
    assert.deepEqual(rows.unknown(), []);
  });

  async function keepAging(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await delay(AGE_EACH_MS, undefined, { signal }).catch(() => {});
      await rows.age();
    }
  }

  /** A session each second, left behind. */
  async function keepSigningIn(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await rest(own.mesh.gatewayUrl).as("demo@tradepost.dev");
      await delay(1_000, undefined, { signal }).catch(() => {});
    }
  }
});
