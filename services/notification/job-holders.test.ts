import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { silent } from "#kit/log.ts";
import { testDatabase } from "#kit/testing.ts";
import { until } from "#kit/testing-until.ts";
import { type JobHolders, jobHolders } from "./job-holders.ts";
import { prepareJobs } from "./jobs.ts";

describe("the mails that somebody is at", () => {
  let house: Awaited<ReturnType<typeof testDatabase>>;
  const running: JobHolders[] = [];
  before(async () => {
    house = await testDatabase("notification");
    await prepareJobs(house.url);
  });
  after(async () => {
    await Promise.all(running.map((workers) => workers.stop()));
    await house.drop();
  });

  /** A process with a worker of that name. */
  function aProcess(workerId: string): JobHolders {
    const workers = jobHolders(house.url, silent, 50);
    running.push(workers);
    workers.add(workerId);
    workers.start();
    return workers;
  }

  async function heldBy(workerId: string, since: string): Promise<void> {
    await house.db.query("select graphile_worker.add_job('mail', job_key => $1)", [workerId]);
    await house.db.query(
      `update graphile_worker._private_jobs set locked_by = $1, locked_at = now() - $2::interval
        where key = $1`,
      [workerId, since],
    );
  }

  async function holders(): Promise<string[]> {
    const { rows } = await house.db.query<{ locked_by: string }>(
      "select locked_by from graphile_worker._private_jobs where locked_by <> '' order by 1",
    );
    return rows.map(({ locked_by }) => locked_by);
  }

  async function lives(count: number): Promise<void> {
    await until(async () => {
      const { rows } = await house.db.query(
        `select from pg_locks where locktype = 'advisory' and objsubid = 2
            and database = (select oid from pg_database where datname = current_database())`,
      );
      return rows.length === count;
    });
  }

  it("are anybody's when it has died, and its own as long as it lives", async () => {
    const one = aProcess("one");
    aProcess("two");
    await lives(2);
    await heldBy("one", "1 hour");
    await heldBy("two", "1 hour");
    await heldBy("dead", "61 seconds");
    await heldBy("just-now", "30 seconds");
    await until(async () => !(await holders()).includes("dead"));
    assert.deepEqual(await holders(), ["just-now", "one", "two"]);
    await one.stop();
    running.shift();
    await until(async () => !(await holders()).includes("one"));
    assert.deepEqual(await holders(), ["just-now", "two"]);
  });

  it("stay its own when its connection breaks and comes again", async () => {
    await house.db.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
        where application_name = 'notification-job-holders' and datname = current_database()`,
    );
    await lives(1);
    assert.deepEqual(await holders(), ["just-now", "two"]);
  });
});
