/** F1, F2 and F3: what befalls a process. */
import pg from "pg";
import { services } from "../../infra/dev/services.ts";
import { type Plan, pause, type Tools } from "./fault.ts";

const ROLES = [...services, "gateway"] as const;
export type Role = (typeof ROLES)[number];

export function instancesOf({ mesh }: Tools, role: Role): string[] {
  return Object.keys(mesh.processes).filter((name) => name.replace(/-\d+$/, "") === role);
}

/** How often each is killed: most where most is under way. */
const KILLED: Readonly<Record<Role, number>> = {
  order: 3,
  payment: 3,
  product: 2,
  notification: 2,
  analytics: 2,
  gateway: 2,
  user: 1,
};

/** F1 */
export const kill: Plan = (tools) => {
  const { mesh, random, expectEnd } = tools;
  const name = random.pick(instancesOf(tools, random.choose(KILLED)));
  const downMs = random.between(200, 3_000);
  const member = mesh.processes[name];
  if (member?.pid === undefined) {
    return undefined;
  }
  return {
    what: `${name} is killed, and is back after ${downMs} ms`,
    async run(healed) {
      expectEnd(name);
      member.kill9(downMs);
      await pause(downMs, healed);
      await mesh.ready(name);
    },
  };
};

const PAUSES_MS = [500, 3_000, 12_000];
/** Longer than any lease and any session. */
const LONG_PAUSE_MS = 35_000;
const LONG_RUN_SECONDS = 90;

/** F2: half of the time one that leads a relay. */
export const freeze: Plan = async (tools) => {
  const { mesh, random, seconds } = tools;
  const pauses = seconds >= LONG_RUN_SECONDS ? [...PAUSES_MS, LONG_PAUSE_MS] : PAUSES_MS;
  const ms = random.pick(pauses);
  const role = random.pick(["order", "payment", "product", "notification", "analytics"] as const);
  const instance = random.pick(instancesOf(tools, role));
  const wantsLeader = random.next() < 0.5;
  const leader = wantsLeader ? await relayLeader(tools, role) : undefined;
  const name = leader ?? instance;
  const member = mesh.processes[name];
  if (member?.pid === undefined) {
    return undefined;
  }
  return {
    what: `${name}${leader ? ", leader of its relay," : ""} is paused for ${ms} ms`,
    async run(healed) {
      member.signal("SIGSTOP");
      await pause(ms, healed);
      member.signal("SIGCONT");
    },
  };
};

/** A paused process does not hear that it is to end. */
const RESTART_MS = 40_000;
const NEVER = new AbortController().signal;

/** F3 */
export const restart: Plan = (tools) => {
  const { mesh, random, expectEnd } = tools;
  const role = random.pick(ROLES);
  return {
    what: `${role} is restarted, one instance after the other`,
    async run(healed) {
      for (const name of instancesOf(tools, role)) {
        const member = mesh.processes[name];
        const before = member?.restartCount ?? 0;
        if (member?.pid === undefined || healed.aborted) {
          continue;
        }
        expectEnd(name);
        member.signal("SIGTERM");
        const giveUpAt = Date.now() + RESTART_MS;
        while (member.restartCount === before && Date.now() < giveUpAt) {
          await pause(50, NEVER);
        }
        await mesh.ready(name);
      }
    },
  };
};

/** By the connection that holds the lock: which proxy it goes through says whose it is. */
async function relayLeader(tools: Tools, role: Role): Promise<string | undefined> {
  if (role === "gateway") {
    return undefined;
  }
  const client = new pg.Client({
    connectionString: tools.mesh.databaseUrls[role],
    connectionTimeoutMillis: 1_000,
    query_timeout: 1_000,
  });
  client.on("error", () => {
    // The next statement says so.
  });
  try {
    await client.connect();
    const { rows } = await client.query<{ client_port: number }>(LEADER);
    const port = rows[0]?.client_port ?? -1;
    const edge = tools.edges.all.find(({ to, proxy }) => to === "postgres" && proxy.owns(port));
    return edge?.from;
  } catch {
    return undefined;
  } finally {
    // Of a connection that never came to be it may not return.
    void client.end().catch(() => {});
  }
}

const LEADER = `
  select client_port
    from pg_locks
    join pg_stat_activity using (pid)
   where locktype = 'advisory' and granted and datname = current_database()
     and application_name like '%-relay'`;
