/** I13: no process ends by itself, and none has an error that nobody handled. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Mesh } from "../../infra/dev/mesh.ts";
import { ask } from "../../infra/verify/evidence.ts";
import type { Counterexample } from "../../infra/verify/invariant.ts";

export interface Ends {
  expect(name: string): void;
  /** Ends that were not our doing. */
  unexpected(mesh: Mesh): Counterexample[];
}

/** From now on: a start on a busy machine may take a second try. */
export function countEnds({ processes }: Mesh): Ends {
  const expected = new Map<string, number>(
    Object.values(processes).map(({ name, restartCount }) => [name, restartCount]),
  );
  return {
    expect: (name) => void expected.set(name, (expected.get(name) ?? 0) + 1),
    unexpected: ({ processes }) =>
      Object.values(processes).flatMap(({ name, restartCount, failure }) => {
        const ours = expected.get(name) ?? 0;
        return restartCount > ours || failure
          ? [{ what: "a process ended by itself", name, restarts: restartCount, ours, failure }]
          : [];
      }),
  };
}

const BAD = /unhandled ?rejection|uncaught ?exception|"level":"fatal"|FATAL ERROR|TypeError/i;

/** Lines of the services' logs that tell of an error which nobody handled. */
export async function badLines(dir: string): Promise<Counterexample[]> {
  const logs = join(dir, "logs");
  const names = (await readdir(logs)).filter((name) => !/postgres|kafka/.test(name));
  const found = await Promise.all(
    names.map(async (log) => {
      const lines = (await readFile(join(logs, log), "utf8")).split("\n");
      const bad = lines.filter((line) => BAD.test(line));
      return bad.slice(0, 5).map((line) => ({
        what: "an error that nobody handled",
        log,
        line: line.slice(0, 600),
      }));
    }),
  );
  return found.flat();
}

/** Resident memory of each process of the mesh, in MB. */
export async function residentMb({ processes }: Mesh): Promise<Record<string, number>> {
  const all = await Promise.all(
    Object.values(processes).map(async ({ name, pid }) => {
      const text = pid ? await readFile(`/proc/${pid}/status`, "utf8").catch(() => "") : "";
      const kb = Number(/VmRSS:\s+(\d+)/.exec(text)?.[1] ?? 0);
      return [name, Math.round(kb / 1_024)] as const;
    }),
  );
  return Object.fromEntries(all.filter(([, mb]) => mb > 0));
}

const UNSENT = `select count(*)::int as n
  from notifications join contacts using (user_id) where mail_time is null`;

export async function unsentMails({ databaseUrls }: Mesh): Promise<number> {
  const [[row] = []] = await ask(databaseUrls.notification, [UNSENT]);
  return (row as { n: number }).n;
}
