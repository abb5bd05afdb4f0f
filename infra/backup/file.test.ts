import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { type ServiceName, services } from "../dev/services.ts";
import { openBackup, writeBackup } from "./file.ts";
import { Refusal } from "./refusal.ts";
import {
  type DatabaseManifest,
  type Manifest,
  manifestSection,
  type TableHead,
  tableSection,
} from "./sections.ts";

const head: TableHead = { database: "order", table: "public.orders", columns: ["id", "note"] };
/** Does not compress, and fills more than one frame. */
const rows = Array.from({ length: 2_000 }, (_, n) =>
  Buffer.from(`${n}\t${randomBytes(600).toString("base64")}\n`),
);

const empty: DatabaseManifest = {
  postgres: "18.4",
  migrations: {},
  jobs: false,
  sequences: {},
  rows: {},
};
const databases = Object.fromEntries(services.map((service) => [service, empty])) as Record<
  ServiceName,
  DatabaseManifest
>;
function manifestOf(count: number): Manifest {
  const order = { ...empty, rows: { "public.orders": count } };
  const time = "2026-11-21T10:00:00.000Z";
  return { time, version: "0.1.0", heldMs: 3, databases: { ...databases, order } };
}

async function* given<T>(...parts: readonly T[]): AsyncGenerator<T> {
  yield* parts;
}

async function* sections(count = rows.length): AsyncGenerator<Buffer> {
  yield* tableSection(head, given(...rows));
  yield manifestSection(manifestOf(count));
}

describe("a backup's file", () => {
  let dir: string;
  let file: string;
  const key = randomBytes(32);
  before(async () => {
    dir = await mkdtemp(join(tmpdir(), "tradepost-backup-"));
    file = join(dir, "sealed");
    await writeBackup(file, key, sections());
    await writeBackup(join(dir, "open"), undefined, sections());
  });
  after(() => rm(dir, { recursive: true }));

  async function check(name: string, secret?: Buffer): Promise<Manifest> {
    const opened = await openBackup(join(dir, name), secret);
    return opened.check().finally(() => opened.close());
  }

  for (const [name, secret] of [
    ["sealed", key],
    ["open", undefined],
  ] as const) {
    it(`gives back what was written: ${name}`, async () => {
      assert.deepEqual(await check(name, secret), manifestOf(rows.length));
      const opened = await openBackup(join(dir, name), secret);
      const read: Buffer[] = [];
      await opened.read(async (table, some) => {
        assert.deepEqual(table, head);
        for await (const one of some) {
          read.push(one);
        }
      });
      await opened.close();
      assert.deepEqual(Buffer.concat(read), Buffer.concat(rows));
    });

    it(`is refused wherever a byte was changed, lost or added: ${name}`, async () => {
      const whole = await readFile(join(dir, name));
      assert.ok(whole.length > 1 << 20, "there are several frames");
      const places = [0, 40, 150, 157, 1_000, whole.length >> 1, whole.length - 1];
      const wrong = [
        ...places.map((at) => {
          const copy = Buffer.from(whole);
          copy.writeUInt8(copy.readUInt8(at) ^ 1, at);
          return copy;
        }),
        ...places.map((at) => whole.subarray(0, at)),
        Buffer.concat([whole, Buffer.alloc(1)]),
        Buffer.concat([whole, whole]),
      ];
      for (const [at, bytes] of wrong.entries()) {
        await writeFile(join(dir, "wrong"), bytes);
        await assert.rejects(check("wrong", secret), Refusal, `variant ${at}`);
      }
    });
  }

  it("shows nothing of it to who has another key, or none", async () => {
    await assert.rejects(check("sealed", randomBytes(32)), /^Refusal: the key is another/);
    await assert.rejects(check("sealed"), /^Refusal: this backup needs --key-file$/);
    await assert.rejects(check("open", key), /^Refusal: this backup is not encrypted/);
    assert.equal((await readFile(file)).indexOf("orders"), -1);
  });

  it("is refused when it counts other rows than it has", async () => {
    await writeBackup(join(dir, "less"), key, sections(rows.length + 1));
    await assert.rejects(check("less", key), /^Refusal: the file has other rows/);
  });

  it("is its owner's alone, and is not there until it is whole", async () => {
    assert.equal((await stat(file)).mode & 0o777, 0o600);
    const before = await readdir(dir);
    async function* breaking(): AsyncGenerator<Buffer> {
      yield* tableSection(head, given(...rows));
      throw new Error("the database is gone");
    }
    await assert.rejects(writeBackup(join(dir, "half"), key, breaking()), /is gone/);
    assert.deepEqual(await readdir(dir), before);
  });

  it("says so when it is none", async () => {
    await writeFile(join(dir, "other"), "PGDMP and so on\n");
    await assert.rejects(check("other"), /^Refusal: this is no backup of tradepost's$/);
    await assert.rejects(check("nothing"), /nothing cannot be read: ENOENT$/);
  });
});
