/** What one mesh shows: how it starts, what it needs when nobody asks, what it answers. */
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { runK6 } from "../../load-tests/run/k6.ts";
import { type OwnMesh, ownMesh } from "../../load-tests/run/meshes.ts";
import { pssOfTree } from "../dev/memory.ts";
import { root } from "../dev/root.ts";
import { answers } from "./answers.ts";
import { postgresVersion } from "./machine.ts";
import { told } from "./objective.ts";
import type { Part } from "./part.ts";
import { residentMb } from "./resident.ts";

const REPORT = join(root, "load-report");
/** After this, start-up's garbage is collected and every group has its partitions. */
const REST_MS = 15_000;

/** A mesh that starts, rests, and is then asked. `server`: hears what PostgreSQL it has. */
export async function oneMesh(seconds: number, server: (name: string) => void): Promise<Part[]> {
  const own = await ownMesh();
  try {
    server(await postgresVersion(own.mesh.databaseUrls.order));
    // First the rest: Kafka may be ready only then.
    const atRest = await rest(own);
    return [start(own), atRest, await people(own, seconds), await direct(own, seconds)];
  } finally {
    await own.stop();
  }
}

function start({ mesh: { readyMs } }: OwnMesh): Part {
  const { kafka, ...rest } = readyMs;
  return {
    title: "Start",
    how: "A mesh with empty folders and demo data, from the first process to the last that is ready",
    objectives: [
      told("services, gateway, PostgreSQL, sandbox", Math.max(...Object.values(rest)) / 1_000, "s"),
      told("Kafka", kafka === undefined ? undefined : kafka / 1_000, "s"),
    ],
  };
}

async function rest({ mesh }: OwnMesh): Promise<Part> {
  await delay(REST_MS);
  const each = Object.entries(await residentMb(mesh)).sort(([, a], [, b]) => b - a);
  const all = await pssOfTree(process.pid);
  return {
    title: "Memory at rest",
    how: `${REST_MS / 1_000} s after the start; resident set of each process, of PostgreSQL's processes together their proportional set`,
    objectives: [
      told("all, what is shared counted once", all === undefined ? undefined : all / 1e6, "MB"),
      ...each.map(([name, mb]) => told(name, mb, "MB")),
    ],
  };
}

async function people({ where }: OwnMesh, seconds: number): Promise<Part> {
  const load = { vus: 100, duration: `${seconds}s`, env: where, reportDir: REPORT, silent: true };
  return {
    title: "A hundred people",
    how: `By load-test.js: 100 clients who pause between clicks, ${seconds} s; one visit of three ends with an order`,
    objectives: answers(await runK6({ ...load, script: "load-test" })),
  };
}

async function direct({ where }: OwnMesh, seconds: number): Promise<Part> {
  const load = { duration: `${seconds}s`, env: where, reportDir: REPORT, silent: true };
  return {
    title: "Straight to the services",
    how: `By grpc.js: 8 clients without pauses, ${seconds} s, mutual TLS`,
    objectives: answers(await runK6({ ...load, script: "grpc" })),
  };
}
