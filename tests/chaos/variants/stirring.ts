/** What the mesh itself goes through while some points wait: no person makes it go that way. */
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import type { Mesh } from "../../../infra/dev/mesh.ts";

interface Stir {
  /** The points for which it is done. */
  readonly points: RegExp;
  /** Once; it is done again while the point is still armed. */
  stir(mesh: Mesh): Promise<void>;
}

const STIRRED = ["order", "payment", "product"] as const;

const STIRS: readonly Stir[] = [
  { points: / stop #|relay.js run #4|publisher.js close/, stir: askToEnd },
  { points: /relay.js run #3/, stir: endSessions },
  { points: /publisher.js publish #3|relay.js serve #8/, stir: takeKafkaAway },
  { points: /placing.js answerOfOrder|intake.js|idempotency.js/, stir: killOrder },
];

/** Until `isOver`. Points that people come by need nothing. */
export async function stirFor(point: string, mesh: Mesh, isOver: () => boolean): Promise<void> {
  const found = STIRS.find(({ points }) => points.test(point));
  // What people do comes first.
  await wait(1_500, isOver);
  while (found && !isOver()) {
    await found.stir(mesh);
    await wait(4_000, isOver);
    // Who is stirred again before it is back never comes by anywhere.
    await Promise.all(STIRRED.map((name) => mesh.ready(name)));
  }
}

async function wait(ms: number, isOver: () => boolean): Promise<void> {
  for (const until = Date.now() + ms; Date.now() < until && !isOver(); ) {
    await sleep(50);
  }
}

async function askToEnd(mesh: Mesh): Promise<void> {
  for (const name of STIRRED) {
    mesh.processes[name]?.signal("SIGTERM");
  }
}

async function killOrder(mesh: Mesh): Promise<void> {
  mesh.processes.order?.kill9();
}

/** As a failover of the database would. */
async function endSessions(mesh: Mesh): Promise<void> {
  for (const name of STIRRED) {
    const client = new pg.Client(mesh.databaseUrls[name]);
    await client.connect();
    await client.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and application_name like '%-relay'`,
    );
    await client.end();
  }
}

async function takeKafkaAway(mesh: Mesh): Promise<void> {
  await mesh.stopKafka();
  // Longer than a relay tries with one producer.
  await sleep(6_000);
  await mesh.startKafka();
}
