import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Figures, Load } from "./load.ts";

/** What is sent to the load's process; a function cannot be. */
export interface Asked {
  readonly load: Omit<Load, "body">;
  readonly body: string | undefined;
}

export interface Loader {
  readonly pid: number;
  run(load: Asked["load"], body?: string): Promise<Figures>;
  stop(): void;
}

export function startLoader(): Loader {
  const child = fork(fileURLToPath(import.meta.url).replace(/loader(\.[jt]s)$/, "load-process$1"));
  return {
    pid: child.pid ?? 0,
    async run(load, body) {
      const answered = once(child, "message");
      child.send({ load, body } satisfies Asked);
      const [figures] = await answered;
      return figures as Figures;
    },
    stop: () => void child.kill(),
  };
}
