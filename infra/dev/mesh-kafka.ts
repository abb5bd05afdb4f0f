import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { StartProcess } from "./crew.ts";
import { type Kafka, kafkaAvailable, startKafka } from "./kafka.ts";
import type { PortPlan } from "./port-plan.ts";
import type { Supervised } from "./supervisor.ts";

export interface MeshKafka {
  /** `host:port`; empty when there is none: events then wait in the outboxes. */
  readonly brokers: string;
  /** Settles when topics can be written to; false when that will not be. */
  readonly ready: Promise<boolean>;
  stop(): Promise<void>;
  /** After `stop`; returns when topics can be written to. */
  restart(): Promise<void>;
}

export interface KafkaSurroundings {
  readonly dir: string;
  readonly log: string;
  readonly ports: PortPlan;
  readonly given: NodeJS.ProcessEnv;
  say(line: string): void;
  watch(name: string, start: StartProcess): Supervised;
}

/** Why there is no Kafka of our own; empty when there is one. */
export async function whyNoKafka(wanted: boolean): Promise<string> {
  if (!wanted) {
    return "left out";
  }
  const available = await kafkaAvailable();
  return available.ok ? "" : `${available.why}: ${available.remedy}`;
}

/** Starts it, and returns before it is there: nobody waits for Kafka. */
export function openKafka(around: KafkaSurroundings, missing: string): MeshKafka {
  const { given, say, ports } = around;
  if (given.KAFKA_BROKERS) {
    return withoutServer(given.KAFKA_BROKERS, topicsOn(given.KAFKA_BROKERS));
  }
  if (missing) {
    say(`no Kafka: ${missing}. Orders work; their events wait in the outbox`);
    return withoutServer("", Promise.resolve(false));
  }
  const brokers = `127.0.0.1:${ports.kafka}`;
  const server = around.watch("kafka", (signal, spawned) => startAt(around, signal, spawned));
  const ready = server.start().then(
    () => topicsOn(brokers),
    (error: Error) => {
      if (error.name === "AbortError") {
        return false;
      }
      say(`no Kafka: ${error.message}. Orders work; their events wait in the outbox`);
      return false;
    },
  );
  return {
    brokers,
    ready,
    stop: () => server.stop(),
    async restart() {
      await server.start();
      await topicsOn(brokers);
    },
  };
}

function withoutServer(brokers: string, ready: Promise<boolean>): MeshKafka {
  const refuse = () => Promise.reject(new Error("this mesh has no Kafka of its own"));
  return { brokers, ready, stop: refuse, restart: refuse };
}

function startAt(
  { dir, log, ports, say }: KafkaSurroundings,
  signal: AbortSignal,
  spawned: (pid: number) => Promise<void>,
): Promise<Kafka> {
  return startKafka({
    dir: join(dir, "kafka"),
    port: ports.kafka,
    controllerPort: ports["kafka controller"],
    log,
    say,
    signal,
    spawned,
  });
}

const TRIES = 20;

/** A broker that has only just started may still be without its controller. */
async function topicsOn(brokers: string): Promise<boolean> {
  const { ensureTopics } = await import("#kit/make-topics.ts");
  const { silent } = await import("#kit/log.ts");
  for (let left = TRIES; left > 0; left -= 1) {
    try {
      await ensureTopics({ brokers, clientId: "launcher", log: silent });
      return true;
    } catch {
      await sleep(500);
    }
  }
  return false;
}
