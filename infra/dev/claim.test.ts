import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "mocha";
import { claim, InUse } from "./claim.ts";
import { identify, isRunning, type ProcessIdentity } from "./process-identity.ts";
import { startProcess } from "./server-process.ts";

const NOBODY: ProcessIdentity = { pid: process.pid, started: "before this process" };

describe("a claim on a folder", () => {
  let dir: string;

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), "tradepost-claim-"));
  });

  afterEach(() => rm(dir, { recursive: true }));

  it("keeps others out until it is released", async () => {
    const first = await claim(dir);
    await assert.rejects(
      claim(dir),
      (error) => error instanceof InUse && error.pid === process.pid,
    );
    await first.release();
    await (await claim(dir)).release();
  });

  it("passes on from an owner that was killed, and its processes end", async () => {
    const left = await startProcess({
      file: process.execPath,
      args: ["-e", "setInterval(() => {}, 1000)"],
      log: join(dir, "log"),
    });
    const child = (await identify(left.pid)) as ProcessIdentity;
    await note({ owner: NOBODY, children: { server: child } });
    const taken = await claim(dir);
    assert.equal(await isRunning(child), false);
    await taken.release();
  });

  it("ends no process that has only the pid of one of ours", async () => {
    const other = { pid: process.pid, started: "long ago" };
    await note({ owner: NOBODY, children: { server: other } });
    await (await claim(dir)).release();
  });

  it("passes on from an owner that was killed while it wrote", async () => {
    await writeFile(join(dir, "claim.json"), '{"owner":');
    await (await claim(dir)).release();
  });

  async function note(text: object): Promise<void> {
    const since = new Date().toISOString();
    await writeFile(join(dir, "claim.json"), JSON.stringify({ since, ...text }));
  }
});
