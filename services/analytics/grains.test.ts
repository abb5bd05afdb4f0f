import assert from "node:assert/strict";
import fc from "fast-check";
import { describe, it } from "mocha";
import { GRAINS, piecesOf, rangeOf, startOf } from "./grains.ts";

const at = (time: string) => new Date(`2026-${time}Z`);
const MINUTE_MS = 60_000;

describe("a range of time", () => {
  const shown = (from: string, to: string) =>
    piecesOf({ from: at(from), to: at(to) }).map((piece) =>
      [piece.grain, piece.from.toISOString(), piece.to.toISOString()].join(" "),
    );

  it("is read in the largest pieces that fit, and in finer ones at its edges", () => {
    assert.deepEqual(shown("01-01T22:58:00", "01-04T01:02:00"), [
      "minute 2026-01-01T22:58:00.000Z 2026-01-01T23:00:00.000Z",
      "hour 2026-01-01T23:00:00.000Z 2026-01-02T00:00:00.000Z",
      "day 2026-01-02T00:00:00.000Z 2026-01-04T00:00:00.000Z",
      "hour 2026-01-04T00:00:00.000Z 2026-01-04T01:00:00.000Z",
      "minute 2026-01-04T01:00:00.000Z 2026-01-04T01:02:00.000Z",
    ]);
    assert.deepEqual(shown("01-02T00:00:00", "01-03T00:00:00"), [
      "day 2026-01-02T00:00:00.000Z 2026-01-03T00:00:00.000Z",
    ]);
    assert.deepEqual(shown("01-01T10:59:00", "01-01T11:01:00"), [
      "minute 2026-01-01T10:59:00.000Z 2026-01-01T11:01:00.000Z",
    ]);
    assert.deepEqual(shown("01-01T10:00:00", "01-01T10:00:00"), []);
  });

  it("is the sum of its pieces, without a gap, and few of them are fine", () => {
    const minutes = fc.integer({ min: 0, max: 366 * 24 * 60 });
    fc.assert(
      fc.property(minutes, minutes, fc.integer({ min: 0, max: 3_000_000 }), (a, b, offset) => {
        const [from, to] = [Math.min(a, b), Math.max(a, b)].map(
          (minute) => new Date(at("01-01T00:00:00").getTime() + (minute + offset) * MINUTE_MS),
        ) as [Date, Date];
        const pieces = piecesOf({ from, to });
        let end = from;
        for (const piece of pieces) {
          assert.equal(piece.from.getTime(), end.getTime());
          assert.ok(piece.from < piece.to);
          assert.deepEqual(startOf(piece.grain, piece.from), piece.from);
          assert.deepEqual(startOf(piece.grain, piece.to), piece.to);
          end = piece.to;
        }
        assert.equal(end.getTime(), to.getTime());
        const coarser = { minute: 120, hour: 48, day: 367 };
        for (const grain of GRAINS) {
          const length = pieces
            .filter((piece) => piece.grain === grain)
            .reduce((sum, piece) => sum + piece.to.getTime() - piece.from.getTime(), 0);
          const one = { minute: 1, hour: 60, day: 1_440 }[grain] * MINUTE_MS;
          assert.ok(length / one < coarser[grain], `${length / one} ${grain}s`);
        }
      }),
    );
  });

  it("is whole minutes, the last day's where nothing is asked for", () => {
    const now = at("03-02T10:00:30.500");
    assert.deepEqual(rangeOf({ from: undefined, to: undefined }, now), {
      from: at("03-01T10:01:00"),
      to: at("03-02T10:01:00"),
    });
    const asked = { from: at("03-02T10:00:00"), to: at("03-02T10:00:00") };
    assert.deepEqual(rangeOf(asked, now), asked);
  });

  const start = at("01-01T00:00:00");
  const wrong: readonly (readonly [what: string, from: Date, to: Date | undefined, why: RegExp])[] =
    [
      [
        "is longer than 366 days",
        start,
        new Date("2027-01-02T00:00:00.001Z"),
        /^Fault: from: .*366/,
      ],
      ["ends before it begins", at("01-01T00:00:01"), start, /^Fault: from: .*later than to/],
      ["begins in the future", at("12-01T00:00:00"), undefined, /^Fault: from: .*later than to/],
      ["begins at no time", new Date(Number.NaN), start, /^Fault: from: .*years/],
      ["ends before all years", start, new Date(-8e15), /^Fault: to: .*years/],
    ];
  for (const [what, from, to, why] of wrong) {
    it(`is refused if it ${what}`, () => {
      assert.throws(() => rangeOf({ from, to }, at("03-01T00:00:00")), why);
    });
  }

  it("may be 366 days long", () => {
    const year = { from: at("01-01T00:00:00"), to: new Date("2027-01-02T00:00:00.000Z") };
    assert.deepEqual(rangeOf(year, year.to), year);
  });
});
