// `npm run scorecard`
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { findK6, k6 } from "../../load-tests/run/k6.ts";
import { root } from "../dev/root.ts";
import { alerts, bench, chaos, killed } from "./command-parts.ts";
import { machineNow } from "./machine.ts";
import { oneMesh } from "./mesh-parts.ts";
import { pageOf } from "./page.ts";
import { type Part, unmeasured } from "./part.ts";

const HELP = `npm run scorecard [-- flags]    measures the aims on this machine, docs/scorecard.md

  --seconds N    of each load, 10 to 600; absent: 30
  --print        to the terminal instead of the page
  --help         this text
`;

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  const flags = read(args);
  if (typeof flags === "string") {
    process.stderr.write(`${flags}: see npm run scorecard -- --help\n`);
    return 2;
  }
  if (flags.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const page = await measured(flags.seconds);
  if (flags.print) {
    process.stdout.write(page);
  } else {
    await writeFile(join(root, "docs/scorecard.md"), page);
  }
  return 0;
}

async function measured(seconds: number): Promise<string> {
  const say = (line: string) => void process.stderr.write(`${line}\n`);
  const machine = await machineNow();
  await findK6();
  const servers = [`k6 ${k6.version.slice(1)}`];
  const parts: Part[] = [];
  const steps = [
    ["a mesh at rest and under load", () => oneMesh(seconds, (name) => servers.push(name))],
    ["as many orders as there can be", () => bench(seconds)],
    ["instances killed under orders", () => killed(Math.max(seconds, 30))],
    ["faults", () => chaos(seconds)],
  ] as const;
  for (const [what, measure] of steps) {
    say(what);
    const found = await measure().catch((error: Error) => unmeasured(what, error));
    parts.push(...[found].flat());
  }
  return pageOf({ ...machine, facts: [...machine.facts, ...servers] }, [...parts, alerts]);
}

function read(args: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        seconds: { type: "string", default: "30" },
        print: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    });
    const seconds = Number(values.seconds);
    return Number.isInteger(seconds) && seconds >= 10 && seconds <= 600
      ? { ...values, seconds }
      : `--seconds is ${values.seconds}: it must be a whole number, 10 to 600`;
  } catch (error) {
    return (error as Error).message.split(". ")[0] ?? "";
  }
}
