/** Works off jobs that statements of this service write, by graphile-worker. */
import { EventEmitter } from "node:events";
import {
  type JobHelpers,
  Logger,
  type Runner,
  run,
  runMigrations,
  type TaskList,
  type WorkerEvents,
} from "graphile-worker";
import type { Log } from "#kit/log.ts";
import type { Worker } from "#kit/service.ts";
import { jobHolders } from "./job-holders.ts";
import { jobPool } from "./job-pool.ts";

export interface JobsOptions {
  readonly url: string;
  readonly log: Log;
  /** Of these jobs, in the log. */
  readonly name: string;
  readonly tasks: TaskList;
  readonly atOnce: number;
  /** Jobs with one of these flags are left for later. */
  readonly forbiddenFlags?: () => string[];
}

/**
 * The worker writes the ids of failed jobs as JSON, so it cannot live with our pools, which read
 * them as bigint. One connection listens, one takes jobs, one ends them.
 */
const CONNECTIONS = 3;
/** New jobs are heard of; those that are tried again are looked for. */
const LOOK_MS = 2_000;

/** Brings the jobs' own tables up to date; statements that write jobs need them. */
export async function prepareJobs(url: string): Promise<void> {
  await runMigrations({ connectionString: url, maxPoolSize: 1, logger: quiet });
}

/** Leaves a job to another one of its kind and key, with all its tries, at that time. */
export async function putOff({ addJob, job }: JobHelpers, runAt: Date): Promise<void> {
  const { task_identifier: task, payload, key, max_attempts: maxAttempts } = job;
  await addJob(task, payload, { ...(key && { jobKey: key }), runAt, maxAttempts });
}

const quiet = new Logger(() => () => {
  // What goes wrong is thrown.
});

export function jobs({ url, log, name, tasks, atOnce, forbiddenFlags }: JobsOptions): Worker {
  const logger = new Logger(() => (level, message) => {
    if (level === "error" || level === "warning") {
      log.warn({ job: name }, message);
    }
  });
  const pool = jobPool(url, CONNECTIONS);
  const holders = jobHolders(url, log);
  const events: WorkerEvents = new EventEmitter();
  // Jobs are held in the name of the pool, not of its workers.
  events.on("pool:create", ({ workerPool }) => holders.add(workerPool.id));
  let runner: Runner | undefined;
  return {
    async start() {
      holders.start();
      runner = await run({
        pgPool: pool,
        events,
        taskList: tasks,
        concurrency: atOnce,
        ...(forbiddenFlags && { forbiddenFlags }),
        pollInterval: LOOK_MS,
        noHandleSignals: true,
        logger,
      });
    },
    async stop() {
      await runner?.stop();
      await holders.stop();
      await pool.end();
    },
  };
}
