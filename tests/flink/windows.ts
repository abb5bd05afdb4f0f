/** `npm run test:flink`: the service and the job of infra/flink hear the same events of one Kafka. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { startConsumers } from "#kit/consumer.ts";
import { watchLag } from "#kit/kafka-lag.ts";
import { silent } from "#kit/log.ts";
import { ensureTopics } from "#kit/make-topics.ts";
import { startRelay } from "#kit/relay.ts";
import { type TestDatabase, testDatabase } from "#kit/testing-database.ts";
import { testKafka } from "#kit/testing-harness.ts";
import type { TestTopics } from "#kit/testing-kafka.ts";
import { until } from "#kit/testing-until.ts";
import type { Topic } from "#kit/topics.ts";
import { kafkaAvailable } from "../../infra/dev/kafka.ts";
import { consumers } from "../../services/analytics/consumers.ts";
import { publishing } from "../../services/analytics/publishing.ts";
import { BUSY_PARTITIONS, events, SPAN_MS, START } from "./events.ts";
import { feed, TOPICS } from "./feed.ts";
import { type Job, startJob } from "./job.ts";
import { figures, type Results, readResults } from "./results.ts";

const EVENTS = 200_000;
const SEED = "windows";
/** The watermark does not pass the last minutes: nothing comes after them. */
/** Of Flink's: a window may stay open if all of its events came after it was over. */
const MAY_STAY_OPEN = 0.02;
const SURELY_PAST = START + SPAN_MS - 10 * 60_000;

describe("the windows of the service and of Flink", function () {
  this.timeout(1_500_000);
  let dir: string;
  let topics: TestTopics;
  let test: TestDatabase;
  let job: Job;
  let ours: Results;
  let flinks: Results;
  const stops: (() => Promise<unknown>)[] = [];

  before(async () => {
    const available = await kafkaAvailable();
    assert.ok(available.ok, available.ok ? "" : `${available.why}: install Java 17 and Maven`);
    dir = await mkdtemp(join(tmpdir(), "tradepost-flink-"));
    topics = { brokers: await testKafka(), prefix: `windows-${randomUUID().slice(0, 8)}.` };
    const flinkTopics = { ...topics, prefix: `${topics.prefix}flink.` };
    await make(topics, [...TOPICS, "analytics-results"]);
    await make(flinkTopics, ["analytics-results"]);
    test = await testDatabase("analytics");
    service();
    job = await startJob(
      dir,
      {
        KAFKA_BROKERS: topics.brokers,
        ORDERS_TOPIC: `${topics.prefix}orders`,
        PAYMENTS_TOPIC: `${topics.prefix}payments`,
        RESULTS_TOPIC: `${flinkTopics.prefix}analytics-results`,
        GROUP: `${topics.prefix}flink`,
      },
      say,
    );
    stops.push(job.stop);
    ours = readResults(topics);
    flinks = readResults(flinkTopics);
    stops.push(ours.stop, flinks.stop);
  });
  after(async () => {
    await Promise.all(stops.map((stop) => stop()));
    await test?.drop();
    await rm(dir, { recursive: true, force: true });
  });

  /** A broker that has only just begun may not know its topics at once. */
  function make(place: TestTopics, only: readonly Topic[]): Promise<void> {
    const options = { partitions: BUSY_PARTITIONS + 1, only };
    return until(() =>
      ensureTopics({ ...place, clientId: "test", log: silent }, options).then(
        () => true,
        () => false,
      ),
    );
  }

  /** As main.ts puts it together, over topics that nobody else has. */
  function service(): void {
    const { db, url } = test;
    const relay = startRelay({ ...topics, name: "analytics", db, url, log: silent });
    const hearing = startConsumers({
      ...{ ...topics, service: "analytics", db, log: silent },
      subscriptions: consumers,
      onCommitted: relay.wake,
    });
    const publisher = publishing({ db, log: silent, wake: relay.wake, by: "service" });
    publisher.start();
    stops.push(hearing.stop, publisher.stop, relay.stop);
  }

  it(`are the same, each of them, after ${EVENTS} events, late, repeated and out of order`, async () => {
    await feed(topics, events(EVENTS, SEED));
    await bothHaveAll();
    assert.equal(ours.windows.size, flinks.windows.size);
    const merchants = new Set([...ours.windows.values()].map(({ merchantId }) => merchantId));
    assert.equal(merchants.size, 6, "the shop and five merchants");
    for (const [key, published] of ours.windows) {
      assert.deepEqual(figures(flinks.windows.get(key)), figures(published), key);
    }
    say(`${ours.windows.size} windows are the same`);
  });

  it("are final in both once the watermark has passed, whatever a partition is silent", async () => {
    await patiently(
      async () => open(ours) === 0 && open(flinks) < ours.windows.size * MAY_STAY_OPEN,
    );
    const future = [...flinks.windows.values()].filter(({ window }) => window.startTime > "2099");
    assert.ok(future.length > 0 && future.every(({ window }) => !window.final));
  });

  it("have versions that rise, of which Flink's are no lower than the service's", () => {
    assert.ok(ours.windows.size > 0);
    assert.deepEqual([[...ours.backwards], [...flinks.backwards]], [[], []]);
    for (const [key, { window }] of ours.windows) {
      const other = flinks.windows.get(key)?.window;
      if (window.final === other?.final) {
        assert.ok(BigInt(other.version) >= BigInt(window.version), key);
      }
    }
  });

  /** A group commits what is in effect: the service by its transaction, Flink by its checkpoint. */
  async function bothHaveAll(): Promise<void> {
    const watch = ["analytics", "flink"].map((clientId) =>
      watchLag({ ...topics, clientId, log: silent }, TOPICS),
    );
    const begun = Date.now();
    await patiently(async () => {
      const lags = await Promise.all(watch.map((one) => one.ask()));
      const left = lags.map((lag) => [...lag.values()].reduce((sum, some) => sum + some, 0));
      const seconds = Math.round((Date.now() - begun) / 1_000);
      say(`${seconds} s: the service has ${left[0]} to go, Flink ${left[1]}`);
      return left.every((some) => some === 0) && (await allIsPublished());
    });
    await Promise.all(watch.map((one) => one.close()));
  }

  async function allIsPublished(): Promise<boolean> {
    const { rows } = await test.db.query<{ left: boolean }>(
      `select exists (select from windows where published < version)
           or exists (select from outbox where published_at is null) as left`,
    );
    return !rows[0]?.left && (await ours.isAtEnd()) && (await flinks.isAtEnd());
  }

  /** Until it passes, or the job is no more. */
  async function patiently(passes: () => Promise<boolean>): Promise<void> {
    let ended: string | undefined;
    void job.exited.then((reason) => {
      ended = reason;
    });
    while (!(await passes())) {
      if (ended !== undefined) {
        const told = (await readFile(job.log, "utf8")).match(/.*(Exception|bad configuration).*/g);
        throw new Error(`Flink's job ended (${ended}): ${told?.slice(0, 3).join("\n")}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 1_000));
    }
  }
});

/** Windows that ought to be final and are not. */
function open({ windows }: Results): number {
  const past = [...windows.values()].filter(
    ({ window }) => new Date(window.startTime).getTime() < SURELY_PAST,
  );
  return past.filter(({ window }) => !window.final).length;
}

/** For who looks on. */
function say(line: string): void {
  if (process.stderr.isTTY) {
    process.stderr.write(`  ${line}\n`);
  }
}
