/** On what the scorecard was made. */
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { cpus, loadavg, release, totalmem, type } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import pg from "pg";
import { java } from "../dev/kafka-jars.ts";
import { root } from "../dev/root.ts";

const run = promisify(execFile);

/** Above this share of its cores, others were at work too. */
const BUSY_SHARE = 0.25;

export interface Machine {
  readonly time: Date;
  /** Each a line of the page. */
  readonly facts: readonly string[];
  /** Before anything was started for the scorecard. */
  readonly isBusy: boolean;
}

/** Asked before the first measurement. */
export async function machineNow(): Promise<Machine> {
  const all = cpus();
  const [load = 0] = loadavg();
  const gib = Math.round(totalmem() / 2 ** 30);
  return {
    time: new Date(),
    facts: [
      `${all.length} × ${all[0]?.model.trim()}, ${gib} GiB, ${type()} ${release()}`,
      `Node ${process.versions.node}, ${await javaVersion()}, Kafka ${await kafkaVersion()}`,
      await commit(),
      `load average of the minute before: ${load.toFixed(2)}`,
    ],
    isBusy: load > all.length * BUSY_SHARE,
  };
}

export async function postgresVersion(url: string): Promise<string> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    const { rows } = await client.query<{ server_version: string }>("show server_version");
    return `PostgreSQL ${rows[0]?.server_version}`;
  } finally {
    await client.end();
  }
}

async function javaVersion(): Promise<string> {
  const { stderr } = await run(java(), ["-version"]);
  return `Java ${/version "([^"]+)"/.exec(stderr)?.[1] ?? "of no known version"}`;
}

async function kafkaVersion(): Promise<string> {
  const pom = await readFile(join(root, "infra/kafka/pom.xml"), "utf8");
  return /kafka_2\.13<\/artifactId>\s*<version>([^<]+)/.exec(pom)?.[1] ?? "of no known version";
}

async function commit(): Promise<string> {
  const git = async (...args: string[]) => (await run("git", args, { cwd: root })).stdout.trim();
  const changed = await git("status", "--porcelain");
  return `commit ${await git("rev-parse", "--short", "HEAD")}${changed ? ", with changes that are not committed" : ""}`;
}
