import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { Fault } from "./errors.ts";
import { pageOf, pageSizeOf, pageToken, readPageToken, textPart, timePart } from "./page-token.ts";

const filter = { userId: "user-123", status: ["CONFIRMED"], minPrice: 5n };

const pair = [textPart, textPart] as const;

function refused(reason: string) {
  return (error: unknown) => error instanceof Fault && error.reason === reason;
}

describe("a page", () => {
  it("holds 1 to 100 rows, 20 unless said", () => {
    assert.deepEqual([undefined, 0, 1, 100].map(pageSizeOf), [20, 20, 1, 100]);
    for (const size of [-1, 101, 1.5]) {
      assert.throws(() => pageSizeOf(size), refused("INVALID_FIELD"));
    }
  });

  it("names the next one only if there is one", () => {
    const keyOf = (row: { id: string }) => [row.id];
    const rows = [{ id: "a" }, { id: "b" }, { id: "c" }];
    const page = pageOf(rows, 2, filter, keyOf);
    assert.deepEqual(page.rows, [{ id: "a" }, { id: "b" }]);
    assert.deepEqual(readPageToken(page.nextPageToken, filter, [textPart]), ["b"]);
    assert.equal(pageOf(rows, 3, filter, keyOf).nextPageToken, undefined);
  });

  it("begins at the first row without a token", () => {
    assert.equal(readPageToken(undefined, filter, [textPart]), undefined);
    assert.equal(readPageToken("", filter, [textPart]), undefined);
  });

  it("is refused by a token that was made up, cut, or another list's", () => {
    const token = pageToken(["2026-01-01", "a"], filter);
    const bytes = Buffer.from(token, "base64url");
    bytes.writeUInt8((bytes.at(-2) as number) ^ 1, bytes.length - 2);
    const forged = [
      "abc",
      "💥",
      `${token}=`,
      token.slice(0, -2),
      bytes.toString("base64url"),
      Buffer.from('["a"]').toString("base64url"),
    ];
    for (const text of forged) {
      assert.throws(() => readPageToken(text, filter, pair), refused("INVALID_PAGE_TOKEN"), text);
    }
    const other = { ...filter, userId: "user-456" };
    assert.throws(() => readPageToken(token, other, pair), refused("INVALID_PAGE_TOKEN"));
    assert.throws(() => readPageToken(token, filter, [textPart]), refused("INVALID_PAGE_TOKEN"));
  });

  it("is refused by a token whose parts were never given out, though its checksum is right", () => {
    const read = (key: string[]) =>
      readPageToken(pageToken(key, filter), filter, [timePart, textPart]);
    const time = "2026-02-28T10:00:00.000Z";
    assert.deepEqual(read([time, "a"]), [new Date(time), "a"]);
    const wrong = ["", "soon", "2026", "2026-02-31T10:00:00.000Z", "-004800-01-01T00:00:00.000Z"];
    for (const text of wrong) {
      assert.throws(() => read([text, "a"]), refused("INVALID_PAGE_TOKEN"), text);
    }
    assert.throws(() => read([time, "a\0"]), refused("INVALID_PAGE_TOKEN"));
    assert.throws(() => read([time, 1 as never]), refused("INVALID_PAGE_TOKEN"));
  });
});
