import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { afterQuiet, isTimeZone, nextDigest, type Timing } from "./timing.ts";

const berlin: Timing = {
  timeZone: "Europe/Berlin",
  quietHours: { from: 22 * 60, until: 7 * 60 },
  digest: "DAILY",
};

describe("quiet hours", () => {
  for (const [now, end, timing = berlin] of [
    // In summer Berlin is two hours ahead.
    ["2026-07-01T19:59:59Z", "2026-07-01T19:59:59Z"],
    ["2026-07-01T20:00:00Z", "2026-07-02T05:00:00Z"],
    ["2026-07-02T04:59:59Z", "2026-07-02T05:00:00Z"],
    ["2026-07-02T05:00:00Z", "2026-07-02T05:00:00Z"],
    // The night in which the clock is put forward, and the one in which it is put back.
    ["2026-03-28T22:00:00Z", "2026-03-29T05:00:00Z"],
    ["2026-10-24T21:00:00Z", "2026-10-25T06:00:00Z"],
    // They end at a time that there is not, and at one that there is twice.
    ["2026-03-28T22:00:00Z", "2026-03-29T01:30:00Z", quiet("22:00", "02:30")],
    ["2026-10-24T21:00:00Z", "2026-10-25T00:30:00Z", quiet("22:00", "02:30")],
    ["2026-10-25T01:10:00Z", "2026-10-25T01:10:00Z", quiet("22:00", "02:30")],
    // Within a day, at noon.
    ["2026-07-01T10:30:00Z", "2026-07-01T11:00:00Z", quiet("12:00", "13:00")],
    ["2026-07-01T11:00:00Z", "2026-07-01T11:00:00Z", quiet("12:00", "13:00")],
    ["2026-12-31T22:30:00Z", "2027-01-01T06:00:00Z"],
    ["2026-07-01T20:30:00Z", "2026-07-01T20:30:00Z", { ...berlin, quietHours: undefined }],
  ] as [string, string, Timing?][]) {
    it(`let a mail of ${now} go at ${end}`, () => {
      assert.equal(afterQuiet(new Date(now), timing).toISOString(), new Date(end).toISOString());
    });
  }

  it("are of a zone that there is", () => {
    assert.deepEqual(["Asia/Kathmandu", "UTC"].map(isTimeZone), [true, true]);
    assert.deepEqual(["Mars/Olympus", "", "Europe/"].map(isTimeZone), [false, false, false]);
  });
});

describe("a digest", () => {
  for (const [now, at, timing] of [
    ["2026-07-01T05:59:59Z", "2026-07-01T06:00:00Z", berlin],
    ["2026-07-01T06:00:00Z", "2026-07-02T06:00:00Z", berlin],
    ["2026-03-28T12:00:00Z", "2026-03-29T06:00:00Z", berlin],
    // 2026-07-01 is a Wednesday.
    ["2026-07-01T12:00:00Z", "2026-07-06T06:00:00Z", { ...berlin, digest: "WEEKLY" }],
    ["2026-07-06T06:00:00Z", "2026-07-13T06:00:00Z", { ...berlin, digest: "WEEKLY" }],
    // Who sleeps until nine gets it then.
    ["2026-07-01T12:00:00Z", "2026-07-02T07:00:00Z", quiet("22:00", "09:00")],
  ] as [string, string, Timing][]) {
    it(`of ${now} (${timing.digest}) goes at ${at}`, () => {
      assert.equal(nextDigest(new Date(now), timing).toISOString(), new Date(at).toISOString());
    });
  }
});

function quiet(from: string, until: string): Timing {
  const minutes = (text: string) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3));
  return { ...berlin, quietHours: { from: minutes(from), until: minutes(until) } };
}
