import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { expiryOf, type MailKind, type MailRequest, sendable, usable } from "./mail-rules.ts";

const minute = 60_000;
const day = 24 * 60 * minute;
const start = Date.UTC(2030, 0, 1);
const at = (ms: number) => new Date(start + ms);

function request(kind: MailKind, isUsed = false): MailRequest {
  return { id: "r", userId: "ada", kind, createTime: at(0), isUsed };
}

describe("the token of a mail", () => {
  it("is good for half an hour, or for three days where nothing can be done with it but show", () => {
    assert.deepEqual(expiryOf(request("reset_password"), at(minute)), at(31 * minute));
    assert.deepEqual(expiryOf(request("verify_email"), at(minute)), at(3 * day + minute));
  });

  it("is none for a mail that comes too late, or whose like was used", () => {
    assert.deepEqual(expiryOf(request("reset_password"), at(day)), at(day + 30 * minute));
    assert.equal(expiryOf(request("reset_password"), at(day + 1)), undefined);
    assert.equal(expiryOf(request("verify_email"), at(3 * day + 1)), undefined);
    assert.equal(expiryOf(request("verify_email", true), at(0)), undefined);
  });

  it("is good once, until it expires", () => {
    const open = request("reset_password");
    assert.equal(usable({ request: open, expireTime: at(1) }, at(0)), open);
    const token = (isUsed: boolean) => ({
      request: request("reset_password", isUsed),
      expireTime: at(1),
    });
    assert.throws(() => usable(token(false), at(1)), { reason: "EXPIRED_TOKEN" });
    assert.throws(() => usable(token(true), at(0)), { reason: "INVALID_TOKEN" });
    assert.throws(() => usable(undefined, at(0)), { reason: "INVALID_TOKEN" });
  });
});

describe("mails that are asked for", () => {
  const asked = (userId: string, kind: MailKind, lately: number) => ({ userId, kind, lately });
  const ada = (lately: number) => asked("ada", "reset_password", lately);

  it("are five of a kind for a person, and no more until some are older", () => {
    const seven = Array.from({ length: 7 }, () => ada(0));
    assert.equal(sendable(seven).length, 5);
    assert.equal(sendable([ada(4), ada(4)]).length, 1);
    assert.deepEqual(sendable([ada(5)]), []);
  });

  it("are counted for each person and kind by themselves", () => {
    const others = [ada(5), asked("ada", "verify_email", 0), asked("bob", "reset_password", 0)];
    assert.deepEqual(sendable(others), others.slice(1));
  });
});
