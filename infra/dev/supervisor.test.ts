import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { identify, isRunning, type ProcessIdentity } from "./process-identity.ts";
import { startProcess } from "./server-process.ts";
import { type Supervised, supervise } from "./supervisor.ts";

const SERVES = "setInterval(() => {}, 1000)";
const DEAF = `process.on("SIGTERM", () => {}); process.send("up"); ${SERVES}`;

describe("a supervised process", () => {
  let dir: string;

  before(async () => {
    dir = await mkdtemp(join(tmpdir(), "tradepost-supervisor-"));
  });

  after(() => rm(dir, { recursive: true }));

  it("is started again when it dies, and says so", async () => {
    const { member, nextStart, said } = watch(SERVES);
    const [first] = await Promise.all([nextStart(), member.start()]);
    const again = nextStart();
    member.kill9();
    const second = await again;
    assert.notEqual(second.pid, first.pid);
    assert.deepEqual(said, ["thing ended (SIGKILL); it is started again"]);
    await member.stop();
    assert.equal(member.restartCount, 1);
    assert.equal(member.pid, undefined);
    assert.equal(await isRunning(second), false);
  });

  it("is told signals, and is started again where one ends it", async () => {
    const { member, nextStart, said } = watch(SERVES);
    await Promise.all([nextStart(), member.start()]);
    const again = nextStart();
    member.signal("SIGSTOP");
    member.signal("SIGCONT");
    member.signal("SIGTERM");
    await again;
    assert.deepEqual(said, ["thing ended (SIGTERM); it is started again"]);
    await member.stop();
  });

  it("stays down as long as it is to", async () => {
    const { member, nextStart } = watch(SERVES);
    await Promise.all([nextStart(), member.start()]);
    const [again, killedAt] = [nextStart(), performance.now()];
    member.kill9(700);
    await again;
    assert.ok(performance.now() - killedAt >= 700);
    await member.stop();
  });

  it("is not started again once it is stopped, and can be started by hand", async () => {
    const { member, nextStart, said } = watch(SERVES);
    await member.start();
    await member.stop();
    const [again] = await Promise.all([nextStart(), member.start()]);
    await member.stop();
    assert.equal(await isRunning(again), false);
    assert.deepEqual(said, []);
  });

  it("is not started again with a configuration that it refuses", async () => {
    const { member, said, nextLine } = watch("process.exit(2)");
    const line = nextLine();
    await member.start();
    await line;
    assert.equal(member.failure, "thing was not started again: its configuration is bad");
    assert.deepEqual(said, [member.failure]);
    await member.stop();
  });

  it("is killed when it does not stop", async () => {
    const process = await start(DEAF, 50);
    await once(process.child, "message");
    const identity = (await identify(process.pid)) as ProcessIdentity;
    await process.stop();
    assert.equal(await process.exited, "SIGKILL");
    assert.equal(await isRunning(identity), false);
  });

  function start(code: string, stopMs = 5_000) {
    const log = join(dir, "thing.log");
    return startProcess({ file: process.execPath, args: ["-e", code], log, ipc: true, stopMs });
  }

  function watch(code: string) {
    const said: string[] = [];
    let onStart = (_: ProcessIdentity) => {};
    let onLine = () => {};
    const member: Supervised = supervise({
      name: "thing",
      async start(_, spawned) {
        const started = await start(code);
        await spawned(started.pid);
        return started;
      },
      say: (line) => {
        said.push(line);
        onLine();
      },
      spawned: async (pid) => onStart((await identify(pid)) as ProcessIdentity),
    });
    return {
      member,
      said,
      nextStart: () =>
        new Promise<ProcessIdentity>((resolve) => {
          onStart = resolve;
        }),
      nextLine: () =>
        new Promise<void>((resolve) => {
          onLine = resolve;
        }),
    };
  }
});
