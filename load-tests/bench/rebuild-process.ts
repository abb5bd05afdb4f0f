/** The rebuild in a process of its own, so that what it costs and holds is its own. */
import { silent } from "#kit/log.ts";
import { rebuild } from "../../services/analytics/rebuilding.ts";

/** What it is asked with. */
export interface Asked {
  readonly databaseUrl: string;
  readonly brokers: string;
}

export interface Run {
  readonly seconds: number;
  readonly cpuMs: number;
  /** Resident memory in MiB, each 20 ms. */
  readonly rss: readonly number[];
  /** Windows, by what became of them. */
  readonly windows: { readonly same: number; readonly changed: number; readonly added: number };
}

const LOOK_MS = 20;

process.once("message", async ({ databaseUrl, brokers }: Asked) => {
  const rss: number[] = [];
  const look = setInterval(() => rss.push(process.memoryUsage.rss() / 2 ** 20), LOOK_MS);
  const [begun, before] = [performance.now(), process.cpuUsage()];
  const windows = await rebuild(databaseUrl, { brokers, security: undefined, log: silent });
  const { user, system } = process.cpuUsage(before);
  clearInterval(look);
  const run: Run = {
    seconds: (performance.now() - begun) / 1_000,
    cpuMs: (user + system) / 1_000,
    rss,
    windows,
  };
  process.send?.(run, () => process.disconnect());
});
