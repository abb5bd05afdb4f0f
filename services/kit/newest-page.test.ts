import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { Fault } from "./errors.ts";
import { newestPage, type Page } from "./newest-page.ts";
import { pageToken } from "./page-token.ts";

const filter = ["notes", "user-123"];
const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second));
const notes = [
  { id: "d", createTime: at(3) },
  { id: "c", createTime: at(2) },
  { id: "b", createTime: at(2) },
  { id: "a", createTime: at(1) },
];

async function list({ after, limit }: Page) {
  const rest = notes.filter(
    ({ createTime, id }) =>
      !after ||
      createTime < after.createTime ||
      (+createTime === +after.createTime && id < after.id),
  );
  return rest.slice(0, limit);
}

describe("a page of the newest", () => {
  it("goes on after the last row of the one before, until none is left", async () => {
    const first = await newestPage({ pageSize: 2, pageToken: "" }, filter, list);
    assert.deepEqual(first, {
      rows: notes.slice(0, 2),
      nextPageToken: pageToken([at(2).toISOString(), "c"], filter),
    });
    const { nextPageToken: next = "" } = first;
    const last = await newestPage({ pageSize: 2, pageToken: next }, filter, list);
    assert.deepEqual(last, { rows: notes.slice(2), nextPageToken: undefined });
  });

  it("asks for nothing with a token of another list's", async () => {
    const token = pageToken([at(2).toISOString(), "c"], ["notes", "user-456"]);
    const asked = newestPage({ pageToken: token }, filter, () => assert.fail("was asked"));
    await assert.rejects(
      asked,
      (error: unknown) => error instanceof Fault && error.reason === "INVALID_PAGE_TOKEN",
    );
  });
});
