import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { Fault } from "#kit/errors.ts";
import { firstTime, timeAfter, type When } from "./schedule.ts";

describe("when what is planned comes", () => {
  const now = new Date("2026-03-28T12:00:00Z");
  const cron = (pattern: string, timeZone = "UTC"): When => ({ cron: pattern, timeZone });

  it("is at the time that was asked for, or when the clock shows it next", () => {
    const cases: readonly (readonly [When, string])[] = [
      [{ sendTime: new Date("2026-03-28T12:00:01Z") }, "2026-03-28T12:00:01Z"],
      [{ sendTime: new Date("2027-03-29T12:00:00Z") }, "2027-03-29T12:00:00Z"],
      [cron("*/5 * * * *"), "2026-03-28T12:05:00Z"],
      [cron("0 9 * * 1-5", "Europe/Berlin"), "2026-03-30T07:00:00Z"],
      [cron("0 9 * * MON", "America/New_York"), "2026-03-30T13:00:00Z"],
      [cron("0 0 29 2 *"), "2028-02-29T00:00:00Z"],
      [cron("@daily", "Asia/Kolkata"), "2026-03-28T18:30:00Z"],
    ];
    for (const [when, expected] of cases) {
      assert.deepEqual(firstTime(when, now), new Date(expected), JSON.stringify(when));
    }
  });

  it("is right after an hour that the clock leaves out, and once in one that it shows twice", () => {
    const at = (from: string) => timeAfter("30 2 * * *", "Europe/Berlin", new Date(from));
    assert.deepEqual(at("2026-03-28T12:00:00Z"), new Date("2026-03-29T01:00:00Z"));
    const first = at("2026-10-24T12:00:00Z");
    assert.deepEqual(first, new Date("2026-10-25T00:30:00Z"));
    assert.deepEqual(at("2026-10-25T00:30:00Z"), new Date("2026-10-26T01:30:00Z"));
  });

  it("is refused with the field that is wrong", () => {
    const cases: readonly (readonly [When, string, string])[] = [
      [{ sendTime: now }, "sendTime", "future"],
      [{ sendTime: new Date("2027-03-29T12:00:00.001Z") }, "sendTime", "within"],
      [cron("0 0 30 2 *"), "cron", "never"],
      [cron("0 0 31 4,6 *"), "cron", "never"],
      [cron("61 * * * *"), "cron", "cron"],
      [cron("* * * * * *"), "cron", "cron"],
      [cron("every minute"), "cron", "cron"],
      [cron("@daily", "Mars/Olympus"), "timeZone", "time_zone"],
      [cron("@daily", ""), "timeZone", "time_zone"],
    ];
    for (const [when, field, rule] of cases) {
      assert.throws(
        () => firstTime(when, now),
        (error) => {
          assert.ok(error instanceof Fault, String(error));
          assert.deepEqual(
            error.violations.map((violation) => [violation.field, violation.rule]),
            [[field, rule]],
            JSON.stringify(when),
          );
          return true;
        },
      );
    }
  });
});
