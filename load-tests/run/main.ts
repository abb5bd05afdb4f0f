// `npm run load`
import { join } from "node:path";
import { root } from "../../infra/dev/root.ts";
import { ToolUnavailable } from "../../infra/tools/go-tool.ts";
import { failover } from "./failover.ts";
import { BadFlag, type Flags, help, readFlags, secondsOf } from "./flags.ts";
import { findK6, type K6Result, type K6Run, runK6 } from "./k6.ts";
import { NoMesh, ownMesh, runningMesh } from "./meshes.ts";
import { scale, scaleTable } from "./scale.ts";
import { scripts } from "./scripts.ts";

const COUNTS = [1, 2, 4];
/** How long failover.js runs by itself. */
const FAILOVER = "60s";

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  try {
    const known = await scripts();
    const flags = readFlags(args, known);
    if (!flags) {
      process.stdout.write(help(known));
      return 0;
    }
    // k6 gets Ctrl-C too, and ends; the mesh is stopped after it.
    process.on("SIGINT", () => {});
    return (await load(flags)) ? 0 : 1;
  } catch (error) {
    const isUse = error instanceof BadFlag || error instanceof NoMesh;
    const isKnown = isUse || error instanceof ToolUnavailable;
    process.stderr.write(`${isKnown ? (error as Error).message : (error as Error).stack}\n`);
    return isUse ? 2 : 1;
  }
}

/** Whether all held. */
async function load({ script, vus, duration, json, ownMesh: isOwn }: Flags): Promise<boolean> {
  const say = (line: string) => void process.stderr.write(`${line}\n`);
  const write = (text: string) => void process.stdout.write(`${text}\n`);
  const run: Omit<K6Run, "script"> = {
    env: {},
    reportDir: join(root, "load-report"),
    silent: json,
    ...(vus !== undefined && { vus }),
    ...(duration !== undefined && { duration }),
  };
  if (isOwn) {
    // Before the mesh that would wait for it.
    await findK6();
  }
  switch (script.name) {
    case "scale": {
      const all = await scale(run, COUNTS, say);
      write(json ? JSON.stringify(all.map(shown)) : scaleTable(all));
      return all.every(({ result }) => result.passed);
    }
    case "failover": {
      const { result, ...rest } = await failover(run, secondsOf(duration ?? FAILOVER), say);
      const verdict = rest.broken.length > 0 ? rest.broken.join("\n") : "every invariant holds";
      write(json ? JSON.stringify({ ...result.summary, ...rest }) : verdict);
      return result.passed && rest.broken.length === 0;
    }
    default: {
      const result = await one(script.name, run, isOwn);
      if (json) {
        write(JSON.stringify(result.summary));
      }
      return result.passed;
    }
  }
}

async function one(script: string, run: Omit<K6Run, "script">, isOwn: boolean): Promise<K6Result> {
  if (!isOwn) {
    return runK6({ ...run, script, env: await runningMesh(process.env) });
  }
  const { where, stop } = await ownMesh();
  try {
    return await runK6({ ...run, script, env: where });
  } finally {
    await stop();
  }
}

function shown({ instances, result }: { instances: number; result: K6Result }) {
  return { instances, ...result.summary };
}
