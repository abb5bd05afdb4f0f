import type { ChildProcess } from "node:child_process";
import type { Claim } from "./claim.ts";
import { identify, type ProcessIdentity } from "./process-identity.ts";
import type { ServerProcess } from "./server-process.ts";
import { type Supervised, supervise } from "./supervisor.ts";

type Role =
  /** Talks to the others: is stopped first. */
  | "service"
  /** Others stand on it, and it has no channel to the launcher. */
  | "server"
  /** Ends the servers when the launcher is gone. */
  | "guard";

export type StartProcess = (
  signal: AbortSignal,
  spawned: (pid: number) => Promise<void>,
) => Promise<ServerProcess & { readonly child?: ChildProcess }>;

/** All processes of one mesh. */
export interface Crew {
  readonly members: Readonly<Record<string, Supervised>>;
  watch(name: string, role: Role, start: StartProcess): Supervised;
  /** Services before the servers that they stand on. */
  stop(): Promise<void>;
}

export function openCrew(claimed: Claim, say: (line: string) => void): Crew {
  const members: Record<string, Supervised> = {};
  const roles = new Map<string, Role>();
  const servers = new Map<string, ProcessIdentity>();
  let guard: ChildProcess | undefined;

  async function spawned(name: string, pid: number): Promise<void> {
    await claimed.child(name, pid);
    const identity = roles.get(name) === "server" ? await identify(pid) : undefined;
    if (identity) {
      servers.set(name, identity);
    }
    tellGuard();
  }

  function tellGuard(): void {
    if (guard?.connected) {
      guard.send([...servers.values()], () => {});
    }
  }

  async function stopRole(...wanted: Role[]): Promise<void> {
    const names = Object.keys(members).filter((name) => wanted.includes(roles.get(name) as Role));
    await Promise.all(names.map((name) => members[name]?.stop()));
  }

  return {
    members,
    watch(name, role, start) {
      roles.set(name, role);
      const member = supervise({
        name,
        say,
        async start(signal, told) {
          const launched = await start(signal, told);
          if (role === "guard") {
            guard = launched.child;
            tellGuard();
          }
          return launched;
        },
        spawned: (pid) => spawned(name, pid),
      });
      members[name] = member;
      return member;
    },
    async stop() {
      await stopRole("service");
      await stopRole("server", "guard");
    },
  };
}
