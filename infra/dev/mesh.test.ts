import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { after, before, describe, it } from "mocha";
import pg from "pg";
import { until } from "#kit/testing-until.ts";
import { InUse } from "./claim.ts";
import { kafkaAvailable } from "./kafka.ts";
import { pssOfTree } from "./memory.ts";
import { type Mesh, startMesh } from "./mesh.ts";
import { identify, isRunning, type ProcessIdentity } from "./process-identity.ts";

/** The services are tests/e2e's business. */
const ONLY = ["postgres", "kafka", "edge"];

describe("the mesh's surroundings", function () {
  this.timeout(120_000);
  let dir: string;
  let mesh: Mesh | undefined;

  before(async () => {
    dir = await mkdtemp(join(tmpdir(), "tradepost-mesh-"));
  });

  after(async () => {
    await mesh?.stop();
    await rm(dir, { recursive: true });
  });

  it("end soon after a launcher that was killed", async () => {
    const left = await startAndKillLauncher(dir);
    assert.ok(left.length >= 2, "PostgreSQL and the edge at least");
    for (const one of left) {
      await until(async () => !(await isRunning(one)));
    }
  });

  it("come up again with their data", async () => {
    mesh = await startMesh({ dir, ports: "free", only: ONLY });
    assert.deepEqual(await note(mesh), ["kept"]);
    const { mails } = (await (await fetch(`${mesh.mail.url}/mails`)).json()) as { mails: [] };
    assert.deepEqual(mails, []);
    assert.ok((await fetch(mesh.stripe.url)).status < 500);
    assert.equal(await mesh.kafka.ready, (await kafkaAvailable()).ok);
  });

  it("belong to one launcher", async () => {
    await assert.rejects(startMesh({ dir, ports: "free", only: ONLY }), InUse);
  });

  it("come back when they are killed", async () => {
    for (const member of Object.values((mesh as Mesh).processes)) {
      member.kill9();
      await until(async () => member.restartCount > 0);
      await mesh?.ready(member.name);
    }
    assert.deepEqual(await note(mesh as Mesh), ["kept"]);
  });

  it("have their memory counted", async function () {
    if (process.platform !== "linux") {
      return this.skip();
    }
    const bytes = await pssOfTree(process.pid);
    assert.ok(bytes && bytes > 50e6);
  });

  it("leave no process when they are stopped", async () => {
    const members = Object.values((mesh as Mesh).processes);
    const all = await Promise.all(members.map(({ pid }) => identify(pid ?? 0)));
    await mesh?.stop();
    for (const one of all) {
      assert.equal(one && (await isRunning(one)), false);
    }
  });
});

async function note({ databaseUrls }: Mesh): Promise<string[]> {
  const client = new pg.Client({ connectionString: databaseUrls.order });
  client.on("error", () => {});
  await client.connect();
  try {
    await client.query("create table if not exists note (text text primary key)");
    await client.query("insert into note values ('kept') on conflict do nothing");
    return (await client.query<{ text: string }>("select text from note")).rows.map((r) => r.text);
  } finally {
    await client.end();
  }
}

/** The processes that it had started. */
async function startAndKillLauncher(dir: string): Promise<ProcessIdentity[]> {
  const options = JSON.stringify({ dir, ports: "free", only: ONLY });
  const module = new URL(`./mesh${extname(import.meta.filename)}`, import.meta.url);
  const code = `
    const { startMesh } = await import("${module.href}");
    const mesh = await startMesh(${options});
    await mesh.kafka.ready;
    process.send(Object.values(mesh.processes).map(({ pid }) => pid));`;
  const launcher = spawn(
    process.execPath,
    [...process.execArgv, "--input-type=module", "-e", code],
    {
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    },
  );
  const [pids] = (await once(launcher, "message")) as [number[]];
  const processes = await Promise.all(pids.map(identify));
  launcher.kill("SIGKILL");
  return processes.filter((one) => one !== undefined);
}
