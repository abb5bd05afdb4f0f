import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { services } from "../../infra/dev/services.ts";
import { theMesh } from "./mesh.ts";
import { placesOf } from "./operator.ts";
import { tradepost } from "./terminal.ts";

describe("tradepost backup and restore", function () {
  this.timeout(120_000);
  let dir: string;
  let keyFile: string;
  let file: string;
  let places: NodeJS.ProcessEnv;
  before(async () => {
    dir = await mkdtemp(join(tmpdir(), "tradepost-backup-"));
    keyFile = join(dir, "key");
    file = join(dir, "backup");
    await writeFile(keyFile, `${randomBytes(32).toString("base64")}\n`);
    places = placesOf((await theMesh()).mesh);
  });
  after(() => rm(dir, { recursive: true, force: true }));

  it("save a mesh at work, and say what is in the file", async () => {
    const made = await tradepost(["backup", file, "--key-file", keyFile, "--json"], places);
    assert.equal(made.code, 0, made.err);
    assert.equal(made.err, "", "no progress where nobody looks on");
    const { databases, encrypted, bytes } = JSON.parse(made.out);
    assert.deepEqual(Object.keys(databases), [...services]);
    assert.deepEqual([encrypted, bytes], [true, (await readFile(file)).length]);
    const checked = await tradepost(["restore", file, "--check", "--key-file", keyFile, "--json"]);
    assert.equal(checked.code, 0, checked.err);
    assert.deepEqual(JSON.parse(checked.out).databases, databases);
  });

  it("never write over a file, and make none that anybody can read unless they are told to", async () => {
    const again = await tradepost(["backup", file, "--key-file", keyFile], places);
    assert.deepEqual([again.code, again.err], [2, `${file} is there already\n`]);
    const open = await tradepost(["backup", join(dir, "open")], places);
    assert.equal(open.code, 2);
    assert.match(open.err, /name a --key-file, or say --unencrypted/);
    const wrong = await tradepost(["backup", join(dir, "open"), "--key-file", file], places);
    assert.equal(wrong.code, 2);
    assert.match(wrong.err, /must hold 32 bytes in base64/);
  });

  it("refuse a mesh that holds data, and a file that is damaged, and touch nothing", async () => {
    const used = await tradepost(["restore", file, "--key-file", keyFile], {
      ...places,
      KAFKA_BROKERS: "",
    });
    assert.equal(used.code, 1);
    assert.match(used.err, /^not restored: somebody uses the database of \w+/);
    const bytes = await readFile(file);
    await writeFile(join(dir, "half"), bytes.subarray(0, bytes.length >> 1));
    const home = join(dir, "home");
    const half = await tradepost(["restore", join(dir, "half"), "--key-file", keyFile], {
      TRADEPOST_DIR: home,
    });
    assert.equal(half.code, 1);
    assert.match(half.err, /^not restored: .*damaged/);
    assert.equal(existsSync(home), false);
  });

  it("say that there is no mesh, where there is none", async () => {
    const env = { TRADEPOST_DIR: join(dir, "nothing") };
    const { code, err } = await tradepost(["backup", join(dir, "x"), "--unencrypted"], env);
    assert.equal(code, 1);
    assert.match(err, /^not backed up: no mesh runs here/);
  });
});
