// A process of its own, for tests that kill one: a relay, or a consumer that kills itself.
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { startConsumers } from "./consumer.ts";
import { openDatabase } from "./db.ts";
import { subscription } from "./kafka.ts";
import { silent } from "./log.ts";
import { startRelay } from "./relay.ts";
import { effect } from "./testing-consumer-effect.ts";
import type { TestTopics } from "./testing-kafka.ts";

export interface Role extends TestTopics {
  readonly name: string;
  readonly url: string;
  /** Where the consumer dies: with its effect not yet committed, or before it commits the offset. */
  readonly does: "relay" | "consume, die before commit" | "consume, die after commit";
}

const self = fileURLToPath(import.meta.url);

export function startChild(role: Role): ChildProcess {
  return fork(self, [JSON.stringify(role)], { execArgv: process.execArgv });
}

/** Resolves once it has ended. */
export async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    await once(child, "exit");
  }
}

function play({ does, name, url, brokers, prefix }: Role): void {
  const db = openDatabase({ url, name });
  const common = { db, brokers, prefix, log: silent };
  // Not without the test.
  process.once("disconnect", () => process.exit(1));
  if (does === "relay") {
    startRelay({ ...common, name, url });
    return;
  }
  const die = () => void process.kill(process.pid, "SIGKILL");
  startConsumers({
    ...common,
    service: name,
    subscriptions: [
      subscription({
        topic: "orders",
        decode: { decode: JSON.parse },
        async handle(events, tx) {
          await effect(events, tx);
          if (does === "consume, die before commit") {
            die();
          }
        },
      }),
    ],
    onCommitted: die,
  });
}

if (process.argv[1] === self && process.argv[2] !== undefined) {
  play(JSON.parse(process.argv[2]));
}
