import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, beforeEach, describe, it } from "mocha";
import { type TestDatabase, testDatabase } from "#kit/testing-database.ts";
import { openKeyring } from "./keyring.ts";

describe("keyring", () => {
  let database: TestDatabase;
  const used: TestDatabase[] = [];
  beforeEach(async () => {
    database = await testDatabase("user");
    used.push(database);
  });
  after(() => Promise.all(used.map((one) => one.drop())));

  const open = (encryptionKey?: Buffer) =>
    openKeyring({ db: database.db, tokenSeconds: 600, encryptionKey });

  it("is one key, however many start at once", async () => {
    // Connections that are there already, so that the starters run side by side.
    await Promise.all([1, 2, 3, 4].map(() => database.db.query("select")));
    const rings = await Promise.all([open(), open(), open(), open()]);
    const kids = new Set(rings.map((ring) => ring.signer().kid));
    assert.equal(kids.size, 1);
    assert.deepEqual(rings[0]?.jwks.length, 1);
  });

  it("rotates: the next key is published first, the old one is believed on", async () => {
    const ring = await open();
    const { kid: old } = ring.signer();
    const age = (text: string) =>
      database.db.query(`update signing_keys set active_time = active_time - interval '${text}'`);
    await age("30 days");
    await ring.refresh();
    assert.equal((await open()).signer().kid, old);
    const [next] = ring.jwks.filter(({ kid }) => kid !== old);
    assert.equal(ring.jwks.length, 2);

    await age("6 minutes");
    const later = await open();
    assert.equal(later.signer().kid, next?.kid);
    assert.ok(await later.find(old));

    await age("13 minutes");
    await later.refresh();
    assert.deepEqual(later.jwks, [next]);
    assert.equal(await later.find(old), undefined);
  });

  it("keeps private keys sealed where it is told how", async () => {
    const key = randomBytes(32);
    const ring = await open(key);
    assert.equal((await open(key)).signer().kid, ring.signer().kid);
    await assert.rejects(open(), /is sealed, and KEY_ENCRYPTION_KEY is not set/);
    await assert.rejects(open(randomBytes(32)), /does not open signing key/);
  });

  it("seals what was readable once it is told how", async () => {
    const { kid } = (await open()).signer();
    const key = randomBytes(32);
    assert.equal((await open(key)).signer().kid, kid);
    await assert.rejects(open(), /is sealed/);
    assert.equal((await open(key)).signer().kid, kid);
  });

  it("tells nothing of the private keys", async () => {
    const { jwks } = await open();
    const [names] = jwks.map((jwk) => Object.keys(jwk).sort());
    assert.deepEqual(names, ["alg", "crv", "kid", "kty", "use", "x"]);
  });
});
