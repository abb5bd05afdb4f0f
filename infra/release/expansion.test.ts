import assert from "node:assert/strict";
import { before, describe, it } from "mocha";
import { breaks } from "./expansion.ts";
import { lastRelease, type Release } from "./last-release.ts";
import { changedSince, migrationsSince } from "./new-migrations.ts";

describe("a migration that is newer than the last release", () => {
  let release: Release;
  before(function () {
    const found = lastRelease();
    // A copy without history has nothing to compare with.
    if (found === undefined) {
      this.skip();
    }
    release = found;
  });

  it("breaks nothing of that release, which runs beside it", () => {
    const found = migrationsSince(release).flatMap(({ path, sql }) =>
      breaks(sql).map((reason) => `${path} ${reason}`),
    );
    assert.deepEqual(found, []);
  });

  it("is a file of its own: those of the release stay as they are", () => {
    const changed = changedSince(release).map(({ path }) => path);
    assert.deepEqual(changed, []);
  });
});

describe("what breaks the release before", () => {
  const cases: readonly (readonly [sql: string, why: RegExp])[] = [
    ["drop table carts;", /^takes away/],
    ["drop type mood;", /^takes away/],
    ["drop function totals(text);", /^takes away/],
    ["alter table orders drop column note;", /^takes away/],
    ["alter table orders drop note;", /^takes away/],
    ["ALTER TABLE orders\n  ADD COLUMN a text,\n  DROP COLUMN note;", /^takes away/],
    ["truncate inbox;", /^takes away its rows/],
    ["alter table orders rename to purchases;", /^renames/],
    ["alter table orders rename column note to remark;", /^renames/],
    ["alter type mood rename value 'bad' to 'worse';", /^renames/],
    ["alter table orders alter column note type jsonb using note::jsonb;", /^changes the type/],
    ["alter table orders alter note set data type jsonb;", /^changes the type/],
    ["alter table orders alter column note set not null;", /^wants a value/],
    ["alter table orders alter column note drop default;", /^wants a value/],
    ["alter table orders add column buyer text not null;", /^wants a value/],
    ["alter table orders add constraint cheap check (total < 10) not valid;", /^forbids/],
    ["alter table orders add unique (note);", /^forbids/],
    ["create unique index one_note on orders (note);", /^forbids/],
    ["do $$ begin execute 'drop table orders'; end $$;", /^is a block/],
  ];
  for (const [sql, why] of cases) {
    it(`is: ${sql.replace(/\s+/g, " ")}`, () => {
      const [found, ...more] = breaks(sql);
      assert.match(found ?? "", why);
      assert.deepEqual(more, []);
    });
  }

  const fine: readonly string[] = [
    "create table baskets (id uuid primary key); alter table baskets add check (id is not null);",
    "create table baskets (id uuid); create unique index on baskets (id);",
    "alter table orders add column note text;",
    "alter table orders add column note text not null default 'drop column';",
    "alter table orders add column cents bigint not null generated always as (total * 100) stored;",
    "alter table orders alter column note drop not null;",
    "alter table orders drop constraint orders_status_check;",
    "alter table orders validate constraint cheap;",
    "create index concurrently on orders (note);",
    "drop index orders_note;",
    "create function f() returns void language sql as $$ drop table orders; $$;",
    "-- drop table orders;\nselect 1;",
    "-- The release before goes on: nothing has read it since v1.3.0.\ndrop table carts;",
  ];
  for (const sql of fine) {
    it(`is not: ${sql.replace(/\s+/g, " ")}`, () => {
      assert.deepEqual(breaks(sql), []);
    });
  }

  it("is a second statement, whatever is said of the first", () => {
    const sql = "-- The release before goes on: it is new.\ndrop table a;\ndrop table b;";
    assert.deepEqual(breaks(sql), ["takes away what it uses: drop table b"]);
  });
});
