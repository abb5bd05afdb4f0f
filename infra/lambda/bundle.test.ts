import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { after, before, describe, it } from "mocha";
import {
  type LambdaHouse,
  lambdaHouse,
  recorded,
} from "../../services/notification/testing-lambda.ts";
import { bundle, handlerFile } from "./bundle.ts";

describe("the folder that Lambda unpacks", function () {
  this.timeout(60_000);
  let folder: string;
  let house: LambdaHouse;
  before(async () => {
    // Far from the packages of this checkout, so that what is missing is missed.
    folder = await mkdtemp(join(tmpdir(), "tradepost-lambda-"));
    await bundle(folder);
    house = await lambdaHouse();
  });
  after(async () => {
    await rm(folder, { recursive: true, force: true });
    await house.stop();
  });

  /** As Lambda's runtime does: a module is imported, and its export called. */
  function invoke(environment: Readonly<Record<string, string>>, events: readonly unknown[]) {
    const script = `
      const { handler } = await import(${JSON.stringify(pathToFileURL(join(folder, handlerFile)).href)});
      const answers = [];
      for (const event of ${JSON.stringify(events)}) {
        answers.push((await handler(event, { getRemainingTimeInMillis: () => 60000 })) ?? null);
      }
      process.stdout.write(JSON.stringify(answers));
      process.exit();`;
    const args = ["--input-type=module", "--eval", script];
    return new Promise<{ code: number; out: string; err: string }>((resolve) => {
      execFile(process.execPath, args, { cwd: folder, env: environment }, (error, out, err) =>
        resolve({ code: Number(error?.code ?? 0), out, err }),
      );
    });
  }

  it("has a handler that takes in what is delivered, in one instance after the other", async () => {
    const environment = { DATABASE_URL: house.url, LOG_LEVEL: "warn" };
    const events = await Promise.all(["msk", "sqs-fifo", "eventbridge"].map(recorded));
    for (const _ of ["an instance", "and another one"]) {
      const { code, out, err } = await invoke(environment, events);
      assert.equal(err, "");
      assert.equal(code, 0);
      const nothing = { batchItemFailures: [] };
      assert.deepEqual(JSON.parse(out), [nothing, nothing, null]);
    }
    assert.equal((await house.told()).length, 8);
  });

  it("does not start with wrong variables, and names them all", async () => {
    const { code, err } = await invoke({ SUPPORT_MAIL: "nobody" }, []);
    assert.notEqual(code, 0);
    assert.match(err, /DATABASE_URL: is missing; SUPPORT_MAIL: /);
  });

  it("has no Kafka client, no gRPC and no maps: others do that", async () => {
    const packages = await readdir(join(folder, "node_modules"));
    for (const name of ["kafkajs", "@grpc", "graphile-worker", "nodemailer"]) {
      assert.ok(!packages.includes(name), name);
    }
    const files = await readdir(folder, { recursive: true });
    assert.deepEqual(
      files.filter((file) => /\.(map|d\.ts)$/.test(file)),
      [],
    );
  });
});
