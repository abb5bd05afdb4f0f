/** `npm run test:model`: explores the worlds, and tells the shortest way to the first mistake. */
import { parseArgs } from "node:util";
import { BREAKS, type Break, breaking } from "./breaks.ts";
import { type Explored, explore, type Progress } from "./explore.ts";
import type { Setup } from "./world.ts";
import { LARGE, SMALL } from "./worlds.ts";

const USAGE = `usage: npm run test:model -- [--states N] [--world NAME] [--break NAME] [--json]
  --states N    states of each large world (default 400000)
  --world NAME  only this one: ${[...SMALL, ...LARGE].map(({ name }) => `"${name}"`).join(", ")}
  --break NAME  make a mistake on purpose: ${Object.keys(BREAKS).join(", ")}
  --json        one line of JSON a world
`;

const { values } = parseArgs({
  options: {
    states: { type: "string", default: "400000" },
    world: { type: "string" },
    break: { type: "string" },
    json: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});

const limit = Number(values.states);
const chosen = [...SMALL, ...LARGE].filter(({ name }) => !values.world || name === values.world);
const isBreak = (name: string): name is Break => name in BREAKS;
const broken = values.break;
if (
  values.help ||
  !Number.isInteger(limit) ||
  limit < 1 ||
  chosen.length === 0 ||
  (broken !== undefined && !isBreak(broken))
) {
  process.stderr.write(USAGE);
  process.exit(values.help ? 0 : 2);
}
breaking(broken);

let sum = 0;
let isBroken = false;
for (const setup of chosen) {
  const explored = explore(setup, limit, showProgress(setup));
  clearLine();
  process.stdout.write(values.json ? `${JSON.stringify(explored)}\n` : lines(explored));
  sum += explored.states;
  isBroken ||= explored.counterExample !== undefined;
  if (isBroken) {
    break;
  }
}
if (!values.json) {
  process.stdout.write(`${sum.toLocaleString("en")} distinct states explored\n`);
}
process.exitCode = isBroken ? 1 : 0;

function showProgress({ name }: Setup): (progress: Progress) => void {
  return ({ states, waiting, depth }) => {
    if (process.stderr.isTTY) {
      clearLine();
      process.stderr.write(`${name}: ${states} states, ${waiting} waiting, depth ${depth}`);
    }
  };
}

function clearLine(): void {
  if (process.stderr.isTTY) {
    process.stderr.write("\r\u001b[K");
  }
}

function lines({ name, counterExample, ...figures }: Explored): string {
  const { states, steps, depth, atRest, seconds, isComplete } = figures;
  const rate = Math.round(states / Math.max(seconds, 0.001));
  const extent = isComplete ? "all" : "the first";
  const head =
    `${name}: ${extent} ${states} states, ${steps} steps, depth ${depth}, ` +
    `${atRest} at rest, ${seconds.toFixed(1)} s, ${rate} states/s\n`;
  if (!counterExample) {
    return head;
  }
  const trace = counterExample.trace.map((step, index) => `  ${index + 1}. ${step}\n`);
  return `${head}\n${counterExample.wrong}, after\n${trace.join("")}\n`;
}
