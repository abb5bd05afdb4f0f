import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { addressPrefix, forgottenAt, lockedUntil, withFailure } from "./lock.ts";

const minute = 60_000;
const at = (minutes: number) => new Date(Date.UTC(2030, 0, 1) + minutes * minute);

function failedAt(...minutes: number[]): Date[] {
  return minutes.reduce<Date[]>((failures, time) => withFailure(failures, at(time)), []);
}

describe("lock rule", () => {
  it("locks for 15 minutes from the fifth failure on", () => {
    assert.equal(lockedUntil(failedAt(0, 1, 2, 3), at(3)), undefined);
    const failures = failedAt(0, 1, 2, 3, 4);
    assert.deepEqual(lockedUntil(failures, at(4)), at(19));
    assert.deepEqual(lockedUntil(failures, at(18.9)), at(19));
    assert.equal(lockedUntil(failures, at(19)), undefined);
  });

  it("counts only what lies within 15 minutes", () => {
    assert.equal(lockedUntil(failedAt(0, 4, 8, 12, 15), at(15)), undefined);
    assert.deepEqual(lockedUntil(failedAt(0, 4, 8, 12, 14.9), at(15)), at(29.9));
    assert.deepEqual(lockedUntil(failedAt(0, 4, 8, 12, 15, 16), at(16)), at(31));
  });

  it("starts from nothing when a lock is over", () => {
    assert.deepEqual(withFailure(failedAt(0, 1, 2, 3, 4), at(19)), [at(19)]);
    assert.deepEqual(forgottenAt(at(4)), at(19));
  });
});

describe("address prefix", () => {
  const cases: [address: string | undefined, prefix: string][] = [
    ["203.0.113.77", "203.0.113.0/24"],
    ["::ffff:203.0.113.77", "203.0.113.0/24"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
    ["2001:0DB8:0001:0002::9", "2001:db8:1:2::/64"],
    ["2001:db8::1", "2001:db8:0:0::/64"],
    ["fe80::1%eth0", "fe80:0:0:0::/64"],
    ["::1", "0:0:0:0::/64"],
    ["localhost", "unknown"],
    ["", "unknown"],
    [undefined, "unknown"],
  ];
  for (const [address, prefix] of cases) {
    it(`of ${address} is ${prefix}`, () => {
      assert.equal(addressPrefix(address), prefix);
    });
  }
});
