import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "mocha";
import { type Changes, changes, LATE_MS } from "./changes.ts";
import { following } from "./following.ts";
import { silent } from "./log.ts";
import { until } from "./testing-until.ts";

interface Row {
  readonly key: string;
  readonly id: string;
  readonly version: number;
  readonly time: Date;
}

const PAGE = 2;

describe("who follows rows", () => {
  const clock = Date.UTC(2026, 0, 1);
  let rows: Row[] = [];
  let looks: (readonly string[])[] = [];
  let watched: Changes;
  before(async () => {
    watched = changes(async (keys) => {
      looks.push(keys);
      return { at: new Date(clock), changed: keys };
    }, silent);
    await watched.start();
  });
  beforeEach(() => {
    rows = [];
    looks = [];
  });
  after(() => watched.stop());

  function write(key: string, id: string, version: number, ms: number): void {
    rows = rows.filter((row) => row.key !== key || row.id !== id);
    rows.push({ key, id, version, time: new Date(clock + ms) });
    rows.sort((a, b) => a.time.getTime() - b.time.getTime() || (a.id < b.id ? -1 : 1));
  }

  /** What is told, one by one; ended by `end`. */
  function listen(key: string, cursor = "") {
    const ending = new AbortController();
    const stream = following<Row>(
      {
        changes: watched,
        key,
        async page(from, last) {
          const own = rows.filter((row) => row.key === key && row.time >= from);
          const next = last ? own.findIndex(({ id }) => id === last.id) + 1 : 0;
          return own.slice(next, next + PAGE);
        },
        pageSize: PAGE,
        idOf: ({ id }) => id,
        stateOf: ({ version }) => version,
        timeOf: ({ time }) => time,
      },
      cursor,
      ending.signal,
    )[Symbol.asyncIterator]();
    return {
      async next() {
        const { value } = await stream.next();
        return [`${value?.row.id}${value?.row.version}`, value?.cursor] as const;
      },
      async end() {
        ending.abort();
        assert.deepEqual(await stream.next(), { value: undefined, done: true });
      },
    };
  }

  const cursorAt = (ms: number) => new Date(clock + ms).toISOString();

  it("is told of all since the cursor, page by page, and of each state once", async () => {
    for (const [at, id] of ["a", "b", "c", "d", "e"].entries()) {
      write("me", id, 1, at);
    }
    write("you", "x", 1, 2);
    const stream = listen("me", cursorAt(0));
    for (const [at, id] of ["a", "b", "c", "d", "e"].entries()) {
      assert.deepEqual(await stream.next(), [`${id}1`, cursorAt(at)]);
    }
    write("me", "b", 2, 10);
    assert.deepEqual(await stream.next(), ["b2", cursorAt(10)]);
    await stream.end();
  });

  it("is told of two changes in one millisecond, and of one that comes to light late", async () => {
    write("me", "a", 1, LATE_MS);
    const stream = listen("me", cursorAt(0));
    assert.deepEqual(await stream.next(), ["a1", cursorAt(LATE_MS)]);
    write("me", "a", 2, LATE_MS);
    assert.deepEqual(await stream.next(), ["a2", cursorAt(LATE_MS)]);
    write("me", "b", 1, 1);
    assert.deepEqual(await stream.next(), ["b1", cursorAt(LATE_MS)], "the cursor goes on only");
    await stream.end();
  });

  it("is told of nothing that was there, without a cursor or with one of nobody's", async () => {
    for (const cursor of ["", "yesterday", "2026-13-01T00:00:00.000Z"]) {
      write("me", "a", 1, 0);
      const stream = listen("me", cursor);
      const first = stream.next();
      await until(async () => looks.at(-1)?.includes("me") === true);
      write("me", "b", 1, 1);
      assert.deepEqual((await first)[0], "b1", cursor);
      await stream.end();
      rows = [];
      looks = [];
    }
  });

  it("is asked for together with all others, and no more once gone", async () => {
    const [me, you] = [listen("me", cursorAt(0)), listen("you", cursorAt(0))];
    const told = [me.next(), you.next()];
    await until(async () => looks.at(-1)?.length === 2);
    assert.deepEqual(looks.at(-1), ["me", "you"]);
    write("me", "a", 1, 1);
    write("you", "x", 1, 1);
    assert.deepEqual(
      (await Promise.all(told)).map(([row]) => row),
      ["a1", "x1"],
    );
    await Promise.all([me.end(), you.end()]);
    looks = [];
    const one = listen("one", cursorAt(0));
    const last = one.next();
    await until(async () => looks.length > 0);
    assert.deepEqual(looks[0], ["one"]);
    write("one", "a", 1, 1);
    await last;
    await one.end();
  });
});
