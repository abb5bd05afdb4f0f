import { randomBytes } from "node:crypto";
import { mkdir, open, readFile, rm, stat, writeFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { claim } from "./claim.ts";
import { java, kafkaJars } from "./kafka-jars.ts";
import { freePort } from "./ports.ts";
import { root } from "./root.ts";
import { type ServerProcess, startProcess } from "./server-process.ts";

export { kafkaAvailable } from "./kafka-jars.ts";

export interface Kafka extends ServerProcess {
  /** `host:port` */
  readonly brokers: string;
}

export interface KafkaOptions {
  /** Holds the data, the settings and the log; kept between runs. */
  readonly dir: string;
  /** Absent or 0: a free one. */
  readonly port?: number;
  readonly controllerPort?: number;
  /** File for the broker's output. */
  readonly log?: string;
  /** Hears about the download that the first start needs. */
  readonly say?: (line: string) => void;
  /** Hears the pid as soon as there is one, long before the broker is ready. */
  readonly spawned?: (pid: number) => Promise<void>;
  /** Besides, or in the place of, the broker's own. */
  readonly settings?: Readonly<Record<string, string | number>>;
  /** `name=…,password=…`: who may sign in by SCRAM-SHA-512, from the first start on. */
  readonly scram?: string;
  /** Gives up a start that is under way. */
  readonly signal?: AbortSignal;
}

/** Measured with Kafka 4.1: ready in 1.7 s with 180 MB; with G1 and C2 it is 2.1 s and 195 MB. */
const MEMORY = ["-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xss512k"];

/** A real Apache Kafka on 127.0.0.1 (KRaft, one node), ready for clients. */
export async function startKafka(options: KafkaOptions): Promise<Kafka> {
  const { dir, log = join(options.dir, "kafka.log"), say = () => {}, signal } = options;
  const jars = await kafkaJars(say, signal);
  signal?.throwIfAborted();
  const claimed = await claim(dir);
  try {
    const port = options.port || (await freePort());
    const controllerPort = options.controllerPort || (await freePort());
    const properties = join(dir, "server.properties");
    const own = settings(join(dir, "data"), port, controllerPort);
    await writeFile(properties, written({ ...own, ...options.settings }));
    const jvm = ["-cp", [join(jars, "*")].join(delimiter), ...MEMORY, ...logging()];
    const users = options.scram ? ["--add-scram", `SCRAM-SHA-512=[${options.scram}]`] : [];
    await format(dir, jvm, ["-c", properties, ...users], log);
    const from = (await stat(log).catch(() => undefined))?.size ?? 0;
    const server = await startProcess({
      file: java(),
      args: [...jvm, "kafka.Kafka", properties],
      log,
    });
    await claimed.child("server", server.pid);
    await options.spawned?.(server.pid);
    signal?.addEventListener("abort", server.kill, { once: true });
    if (signal?.aborted) {
      server.kill();
    }
    const released = server.exited.then(() => claimed.release());
    const reason = await Promise.race([server.exited, started(log, from, server)]);
    if (reason !== undefined) {
      server.kill();
      signal?.throwIfAborted();
      throw new Error(`Kafka did not start (${reason}): see ${log}`);
    }
    signal?.removeEventListener("abort", server.kill);
    return {
      pid: server.pid,
      exited: server.exited,
      kill: server.kill,
      signal: server.signal,
      brokers: `127.0.0.1:${port}`,
      async stop() {
        await server.stop();
        await released;
      },
    };
  } catch (error) {
    await claimed.release();
    throw error;
  }
}

function settings(data: string, port: number, controllerPort: number) {
  return {
    "process.roles": "broker,controller",
    "node.id": 1,
    "controller.quorum.voters": `1@127.0.0.1:${controllerPort}`,
    "controller.listener.names": "CONTROLLER",
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    "advertised.listeners": `PLAINTEXT://127.0.0.1:${port}`,
    "log.dirs": data.replaceAll("\\", "/"),
    "auto.create.topics.enable": false,
    // After a kill -9 the controller holds the old session this long (reliability.md, fact 4).
    "broker.session.timeout.ms": 2_000,
    "broker.heartbeat.interval.ms": 500,
    "group.initial.rebalance.delay.ms": 0,
    "offsets.topic.replication.factor": 1,
    "offsets.topic.num.partitions": 6,
    "transaction.state.log.replication.factor": 1,
    "transaction.state.log.min.isr": 1,
    "transaction.state.log.num.partitions": 1,
    "share.coordinator.state.topic.replication.factor": 1,
    "share.coordinator.state.topic.min.isr": 1,
    "share.coordinator.state.topic.num.partitions": 1,
    // One machine, few clients: the defaults would take 128 MB for compaction alone.
    "log.cleaner.dedupe.buffer.size": 2_097_152,
    "log.cleaner.io.buffer.size": 65_536,
    "num.network.threads": 2,
    "num.io.threads": 4,
    "background.threads": 2,
  };
}

function written(settings: Readonly<Record<string, unknown>>): string {
  return Object.entries(settings)
    .map(([name, value]) => `${name}=${value}\n`)
    .join("");
}

function logging(): string[] {
  return [`-Dlog4j2.configurationFile=${join(root, "infra/kafka/log4j2.properties")}`];
}

async function format(dir: string, jvm: string[], more: string[], log: string): Promise<void> {
  const data = join(dir, "data");
  const formatted = join(dir, "formatted");
  if (await readFile(formatted, "utf8").catch(() => "")) {
    return;
  }
  await rm(data, { recursive: true, force: true });
  await mkdir(data);
  // Not by chance with a "-" in front, which would read as an option.
  const clusterId = `T${randomBytes(16).toString("base64url").slice(1)}`;
  const args = ["kafka.tools.StorageTool", "format", "-t", clusterId, ...more];
  const { exited } = await startProcess({ file: java(), args: [...jvm, ...args], log });
  const reason = await exited;
  if (reason !== "exit code 0") {
    throw new Error(`Kafka's storage could not be formatted (${reason}): see ${log}`);
  }
  await writeFile(formatted, clusterId);
}

async function started(log: string, from: number, server: ServerProcess): Promise<undefined> {
  let over = false;
  void server.exited.then(() => {
    over = true;
  });
  const file = await open(log);
  try {
    let text = "";
    let at = from;
    while (!over) {
      const { bytesRead, buffer } = await file.read({ position: at });
      at += bytesRead;
      text += buffer.toString("utf8", 0, bytesRead);
      if (text.includes("Kafka Server started")) {
        return;
      }
      await sleep(50);
    }
  } finally {
    await file.close();
  }
}
