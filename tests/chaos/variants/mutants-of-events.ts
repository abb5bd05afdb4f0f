/** Ways to lose, double or disorder events. */
import type { Mutant } from "./mutant.ts";

const relay = "dist/services/kit/relay.js";
const publisher = "dist/services/kit/publisher.js";
const deciding = "dist/services/order/deciding.js";
const inbox = "dist/services/kit/inbox.js";
const keep = "await session.client.query(markPublished([some.map(({ id }) => String(id))]))";

export const MUTANTS_OF_EVENTS: readonly Mutant[] = [
  {
    name: "direct-publish",
    what: "events are sent once, and nobody waits for Kafka's answer",
    edits: [
      {
        file: relay,
        find: "else if (await publisher.publish(some)) {",
        replace: `else if ((publisher.publish(some).catch(() => {}), await true)) {`,
      },
    ],
  },
  {
    name: "outbox-apart",
    what: "the end of a checkout and its event are two transactions, the second a little later",
    edits: [
      {
        file: deciding,
        find: "join decided on decided.id = e.key\n   )\n   select id from decided",
        replace: "join decided on false\n   )\n   select id from decided",
      },
      {
        file: deciding,
        find: "const decided = new Set(rows.map(({ id }) => id));",
        replace:
          "const decided = new Set(rows.map(({ id }) => id));\n" +
          "await new Promise((later) => setTimeout(later, 50));\n" +
          "const told = decisions.map(({ event }) => event).filter(({ key }) => decided.has(key));\n" +
          "await db.query({ text: `insert into outbox (event_id, topic, key, type, payload, " +
          "occurred_at, traceparent) select * from unnest($1::uuid[], $2::text[], $3::text[], " +
          "$4::text[], $5::text[], $6::timestamptz[], $7::text[])`, " +
          "values: outboxColumns(told) }).catch(() => {});",
      },
    ],
  },
  {
    name: "no-inbox",
    what: "a consumer takes in whatever it hears, also a second time",
    edits: [
      {
        file: inbox,
        find: "select fresh.event_id,",
        replace: "select heard.event_id,",
      },
      {
        file: inbox,
        find: "from fresh join heard using (event_id)",
        replace: "from heard",
      },
    ],
  },
  {
    name: "offset-first",
    what: "the offset is committed, and the effect may fail",
    edits: [
      {
        file: "dist/services/kit/intake.js",
        find: "await takeEffect(intake, chunk);",
        replace:
          "await batch.done(last.record.offset);\n        await takeEffect(intake, chunk).catch(() => {});",
      },
    ],
  },
  {
    name: "no-key",
    what: "events go to any partition",
    edits: [{ file: publisher, find: "key: row.key,", replace: "key: String(Math.random())," }],
  },
  {
    name: "relay-by-id",
    what: "the relay goes on from the highest id that it has sent",
    edits: [
      {
        file: relay,
        find: "where published_at is null",
        replace: "where published_at is null and id > $2",
      },
      {
        file: relay,
        find: "unpublished([BATCH])",
        replace: "unpublished([BATCH, globalThis.sentUpTo ?? 0])",
      },
      { file: relay, find: keep, replace: `${keep};\nglobalThis.sentUpTo = some.at(-1).id` },
    ],
  },
  {
    name: "sends-at-once",
    what: "one idempotent producer sends several batches at once",
    edits: [
      {
        file: publisher,
        find: "await producer.send(rows.map((row) => recordOf(row, clientId)));",
        replace:
          "const one = producer;\n                " +
          "await Promise.all(rows.map((row) => one.send([recordOf(row, clientId)])));",
      },
      {
        file: "dist/services/kit/kafka.js",
        find: "maxInFlightRequests: 1",
        replace: "maxInFlightRequests: 16",
      },
    ],
  },
];
