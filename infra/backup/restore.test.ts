import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import pg from "pg";
import { services } from "../dev/services.ts";
import { type BackedUp, backUp } from "./backup.ts";
import { readLayout } from "./layout.ts";
import { Refusal } from "./refusal.ts";
import { restore } from "./restore.ts";
import { ask, created, type Databases, migrated } from "./testing-databases.ts";
import { fill, ODD } from "./testing-rows.ts";

describe("a restored mesh", function () {
  this.timeout(120_000);
  let dir: string;
  let mesh: Databases;
  let again: Databases;
  let made: BackedUp;
  let file: string;
  const key = randomBytes(32);

  before(async () => {
    dir = await mkdtemp(join(tmpdir(), "tradepost-restore-"));
    file = join(dir, "backup");
    [mesh, again] = await Promise.all([migrated(), created()]);
    await fill(mesh);
    made = await backUp({ databaseUrls: mesh.urls, file, key });
  });
  after(async () => {
    await Promise.all([mesh?.drop(), again?.drop()]);
    await rm(dir, { recursive: true });
  });

  const into = ({ urls }: Databases) => {
    const target = { databaseUrls: urls, brokers: "", close: async () => {} };
    return (secret: Buffer | undefined, name: string) =>
      restore({ file: name, key: secret }, async () => target);
  };

  it("is refused for a file that is damaged, before anything is changed", async () => {
    const bytes = await readFile(file);
    bytes.writeUInt8(bytes.readUInt8(bytes.length - 30) ^ 1, bytes.length - 30);
    await writeFile(join(dir, "damaged"), bytes);
    await assert.rejects(into(again)(key, join(dir, "damaged")), /the file is damaged/);
    await assert.rejects(into(again)(randomBytes(32), file), /the key is another/);
    for (const service of services) {
      assert.deepEqual(await tablesOf(again.urls[service]), []);
    }
  });

  it("is refused while a service is at work", async () => {
    const client = new pg.Client({
      connectionString: again.urls.payment,
      application_name: "payment",
    });
    await client.connect();
    try {
      await assert.rejects(
        into(again)(key, file),
        /uses the database of payment \(payment\): stop the serv/,
      );
    } finally {
      await client.end();
    }
  });

  it("has every row of every table as it was", async () => {
    const { manifest } = await into(again)(key, file);
    assert.deepEqual(manifest, made.manifest);
    for (const service of services) {
      const tables = await tablesOf(mesh.urls[service]);
      assert.ok(tables.length > 5);
      assert.deepEqual(await tablesOf(again.urls[service]), tables);
      for (const table of tables) {
        const [was, is] = await Promise.all(
          [mesh, again].map(({ urls }) => contents(urls[service], table)),
        );
        assert.deepEqual(is, was, `${service} ${table}`);
      }
    }
    const [note] = await ask(again.urls.order, "select error, headers from dead_letters");
    assert.deepEqual(note, { error: ODD, headers: null });
  });

  it("sends again what had been sent, and knows what was heard for as long as that may come", async () => {
    const outbox = await ask(again.urls.order, "select key, published_at from outbox order by id");
    assert.deepEqual(outbox, [
      { key: "sent", published_at: null },
      { key: "waiting", published_at: null },
    ]);
    const heard = "select count(*)::int as n from inbox where seen_at > now() - interval '1 hour'";
    assert.deepEqual(await ask(again.urls.order, heard), [{ n: 1 }]);
  });

  it("goes on numbering where it was, with its rules in force", async () => {
    const next =
      "insert into outbox (event_id, topic, key, type, occurred_at, traceparent) " +
      "values (gen_random_uuid(), 'orders', 'new', 'T', now(), '') returning id";
    assert.deepEqual(await ask(again.urls.order, next), [{ id: "3" }]);
    assert.deepEqual(await ask(again.urls.order, "select * from audit_mismatches"), []);
    await assert.rejects(ask(again.urls.order, "delete from audit"), /only ever added to/);
    await assert.rejects(
      ask(again.urls.payment, "truncate ledger_transactions"),
      /only ever added to/,
    );
  });

  it("is not restored over another", async () => {
    await assert.rejects(into(again)(key, file), /^Refusal: the database of \w+ is not empty/);
  });

  it("is refused when this release does not know its schema", async () => {
    const { urls } = mesh;
    const strange = "insert into order_migrations (name, run_on) values ('0099_later', now())";
    await ask(urls.order, strange);
    const later = join(dir, "later");
    await backUp({ databaseUrls: urls, file: later });
    await ask(urls.order, "delete from order_migrations where name = '0099_later'");
    const empty = await created();
    try {
      await assert.rejects(
        into(empty)(undefined, later),
        (error: Error) =>
          error instanceof Refusal && error.message.includes("no migration order/0099_later"),
      );
      assert.deepEqual(await tablesOf(empty.urls.order), []);
    } finally {
      await empty.drop();
    }
  });

  async function tablesOf(url: string): Promise<string[]> {
    const client = new pg.Client(url);
    await client.connect();
    try {
      return (await readLayout(client)).tables.map(({ name }) => name);
    } finally {
      await client.end();
    }
  }

  /** But for what a restore is meant to change. */
  async function contents(url: string, table: string): Promise<unknown[]> {
    const rows = await ask<{ row: object }>(url, `select to_jsonb(t) as row from ${table} t`);
    const texts = rows.map(({ row }) =>
      JSON.stringify({ ...row, published_at: undefined, seen_at: undefined }),
    );
    return texts.sort();
  }
});
