import assert from "node:assert/strict";
import { hash } from "@node-rs/argon2";
import { after, before, describe, it } from "mocha";
import { Fault } from "#kit/errors.ts";
import { type TestDatabase, testDatabase } from "#kit/testing-database.ts";
import { createPasswords, isOutdated } from "./passwords.ts";
import { signIn } from "./sign-in.ts";
import { addUsers } from "./store.ts";
import { open } from "./user.ts";

const password = "violet-anchor-92";
const traceparent = `00-${"a".repeat(32)}-${"b".repeat(16)}-01`;

describe("sign-in", () => {
  const passwords = createPasswords({ maxWaiting: 100 });
  let database: TestDatabase;
  before(async () => {
    database = await testDatabase("user");
  });
  after(() => database.drop());

  async function person(email: string, passwordHash?: string): Promise<void> {
    const change = open({ id: email.replace(/\W/g, "-"), email, fullName: "Ada" }, new Date());
    const hashed = passwordHash ?? (await passwords.hash(password));
    await addUsers(database.db, [{ ...change, passwordHash: hashed }], traceparent);
  }

  const attempt = (email: string, given: string, address = "203.0.113.1") =>
    signIn(database.db, passwords, {
      email,
      password: given,
      from: { device: "", address },
      signal: new AbortController().signal,
    });

  const reasonOf = (email: string, given: string, address?: string) =>
    attempt(email, given, address).then(
      () => "OK",
      (error) => (error instanceof Fault ? error.reason : String(error)),
    );

  it("takes the e-mail in any case", async () => {
    await person("Ada@Example.com");
    const { user } = await attempt("aDA@eXAMPLE.COM", password);
    assert.equal(user.email, "Ada@Example.com");
  });

  it("locks the pair after five wrong passwords, and nobody elsewhere", async () => {
    await person("locked@example.com");
    for (let i = 0; i < 5; i++) {
      assert.equal(
        await reasonOf("locked@example.com", "wrong", `203.0.113.${i}`),
        "WRONG_PASSWORD",
      );
    }
    assert.equal(await reasonOf("Locked@example.com", password, "203.0.113.99"), "ACCOUNT_LOCKED");
    assert.equal(await reasonOf("locked@example.com", password, "203.0.114.1"), "OK");
    const fault = await attempt("locked@example.com", password).catch((error) => error);
    assert.ok(fault.retryAfterMs > 14 * 60_000 && fault.retryAfterMs <= 15 * 60_000);
  });

  it("locks an e-mail that nobody has likewise, with the same words", async () => {
    const words = new Set<string>();
    for (let i = 0; i < 5; i++) {
      const fault = await attempt("nobody@example.com", password).catch((error) => error);
      words.add(`${fault.reason} ${fault.message}`);
    }
    assert.deepEqual([...words], ["WRONG_PASSWORD e-mail or password is wrong"]);
    assert.equal(await reasonOf("nobody@example.com", password), "ACCOUNT_LOCKED");
  });

  it("forgets wrong passwords after a right one", async () => {
    await person("forgetful@example.com");
    for (const given of ["wrong", "wrong", "wrong", "wrong", password, "wrong", "wrong"]) {
      const expected = given === password ? "OK" : "WRONG_PASSWORD";
      assert.equal(await reasonOf("forgetful@example.com", given), expected);
    }
  });

  it("gives guesses that run side by side no more than five verdicts", async () => {
    await person("guessed@example.com");
    const guesses = Array.from({ length: 20 }, () => reasonOf("guessed@example.com", "wrong"));
    const reasons = (await Promise.all(guesses)).sort();
    assert.deepEqual(reasons, [
      ...Array.from({ length: 15 }, () => "ACCOUNT_LOCKED"),
      ...Array.from({ length: 5 }, () => "WRONG_PASSWORD"),
    ]);
    assert.equal(await reasonOf("guessed@example.com", password), "ACCOUNT_LOCKED");
  });

  it("brings a hash of other parameters up to date", async () => {
    await person("old@example.com", await hash(password, { memoryCost: 8_192 }));
    await attempt("old@example.com", password);
    const { rows } = await database.db.query(
      "select password_hash from users where email_key = 'old@example.com'",
    );
    assert.equal(isOutdated(rows[0].password_hash), false);
    assert.equal(await reasonOf("old@example.com", password), "OK");
  });

  it("keeps no e-mail of a failure and no token", async () => {
    const { refreshToken } = await attempt("ada@example.com", password);
    const { rows } = await database.db.query(
      `select (select json_agg(f)::text from login_failures f) as failures,
              (select json_agg(t)::text from refresh_tokens t) as tokens`,
    );
    assert.ok(!rows[0].failures.includes("nobody"));
    const readable = [refreshToken, Buffer.from(refreshToken).toString("hex")];
    assert.ok(readable.every((form) => !rows[0].tokens.includes(form)));
  });
});
