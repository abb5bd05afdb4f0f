/** F4 and F5: what befalls PostgreSQL and Kafka. */
import { setTimeout as sleep } from "node:timers/promises";
import { Kafka, logLevel } from "kafkajs";
import pg from "pg";
import { services } from "../../infra/dev/services.ts";
import { ask } from "../../infra/verify/evidence.ts";
import { type Fault, type Plan, pause, type Tools } from "./fault.ts";

/** F4 */
export const postgres: Plan = (tools) => {
  const { mesh, random, expectEnd } = tools;
  const server = mesh.processes.postgres;
  if (server?.pid === undefined) {
    return undefined;
  }
  const kinds: Readonly<Record<string, () => Fault>> = {
    restart: () => ({
      what: "PostgreSQL restarts at once, without a checkpoint",
      async run() {
        expectEnd("postgres");
        // What pg_ctl -m immediate sends.
        server.signal("SIGQUIT");
        await untilAnswers(mesh.databaseUrls.order);
      },
    }),
    sessions: () => ({
      what: "half of the database's sessions are ended",
      run: () => endSessions(tools),
    }),
    freeze: () => ({
      what: "PostgreSQL's postmaster is paused for 5 s",
      async run(healed) {
        server.signal("SIGSTOP");
        await pause(5_000, healed);
        server.signal("SIGCONT");
      },
    }),
  };
  return kinds[random.choose({ restart: 1, sessions: 1, freeze: 1 })]?.();
};

const ANSWER_MS = 60_000;

/** It has first to recover what it had not written. */
async function untilAnswers(url: string): Promise<void> {
  const giveUpAt = Date.now() + ANSWER_MS;
  // The one that is told to end still answers for a moment.
  await sleep(200);
  while (Date.now() < giveUpAt) {
    try {
      await ask(url, ["select 1"]);
      return;
    } catch {
      await sleep(100);
    }
  }
}

async function endSessions({ mesh, random }: Tools): Promise<void> {
  for (const service of services) {
    const client = new pg.Client({
      connectionString: mesh.databaseUrls[service],
      connectionTimeoutMillis: 1_000,
      query_timeout: 2_000,
    });
    client.on("error", () => {
      // The next statement says so.
    });
    try {
      await client.connect();
      const { rows } = await client.query<{ pid: number }>(SESSIONS);
      const chosen = rows.map(({ pid }) => pid).filter(() => random.next() < 0.5);
      await client.query("select pg_terminate_backend(pid) from unnest($1::int[]) as pid", [
        chosen,
      ]);
    } catch {
      // The database is away already.
    } finally {
      // Of a connection that never came to be it may not return.
      void client.end().catch(() => {});
    }
  }
}

const SESSIONS = `
  select pid from pg_stat_activity
   where datname = current_database() and pid <> pg_backend_pid() and usename = current_user
   order by backend_start, pid`;

/** F5 */
export const kafka: Plan = (tools) => {
  const { mesh, random, expectEnd } = tools;
  const broker = mesh.processes.kafka;
  if (broker?.pid === undefined) {
    return undefined;
  }
  const freeze = (ms: number): Fault => ({
    what: `Kafka is paused for ${ms} ms`,
    async run(healed) {
      broker.signal("SIGSTOP");
      await pause(ms, healed);
      broker.signal("SIGCONT");
    },
  });
  switch (random.choose({ kill: 1, short: 1, long: 1, rebalance: 3 })) {
    case "kill": {
      const downMs = random.between(500, 5_000);
      return {
        what: `Kafka is killed, and is back after ${downMs} ms`,
        async run(healed) {
          expectEnd("kafka");
          broker.kill9(downMs);
          await pause(downMs, healed);
          await mesh.ready("kafka");
        },
      };
    }
    case "short":
      return freeze(3_000);
    case "long":
      return freeze(15_000);
    default:
      return rebalance(tools);
  }
};

/** How many events a group hears again. */
const BACK = 200n;

/**
 * A third member comes into a group, puts back the offsets of what it is given, and goes: the
 * others hear again what they have heard.
 */
function rebalance({ mesh, random }: Tools): Fault {
  const group = random.pick(["notification", "analytics"]);
  const ms = random.between(1_000, 5_000);
  return {
    what: `a third member is in the group ${group} for ${ms} ms, and puts its offsets back`,
    async run(healed) {
      const consumer = new Kafka({
        brokers: [mesh.kafka.brokers],
        clientId: "chaos",
        logLevel: logLevel.NOTHING,
        retry: { retries: 1 },
      }).consumer({
        groupId: group,
        allowAutoTopicCreation: false,
        // As the services' own: a member that dies with the broker is waited for as long.
        sessionTimeout: 10_000,
        rebalanceTimeout: 20_000,
      });
      const begun = new Map<string, bigint>();
      try {
        await consumer.connect();
        await consumer.subscribe({ topics: ["orders", "payments"], fromBeginning: true });
        await consumer.run({
          autoCommit: false,
          async eachBatch({ batch: { topic, partition, messages } }) {
            // From where it began, as it takes nothing in: further on is what nobody has heard.
            const place = `${topic}/${partition}`;
            const first = begun.get(place) ?? BigInt(messages[0]?.offset ?? 0);
            begun.set(place, first);
            const offset = String(first > BACK ? first - BACK : 0n);
            await consumer.commitOffsets([{ topic, partition, offset }]);
          },
        });
        await pause(ms, healed);
      } catch {
        // Kafka is away already.
      } finally {
        await Promise.race([
          consumer.disconnect().catch(() => {}),
          pause(3_000, new AbortController().signal),
        ]);
      }
    },
  };
}
