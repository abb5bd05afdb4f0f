import { parseArgs } from "node:util";
import type { Script } from "./scripts.ts";

export interface Flags {
  readonly script: Script;
  readonly vus: number | undefined;
  /** As k6 takes it: `90s`, `5m`. */
  readonly duration: string | undefined;
  readonly ownMesh: boolean;
  readonly json: boolean;
}

/** One sentence for the person who typed it. */
export class BadFlag extends Error {
  override readonly name = "BadFlag";
}

export function help(scripts: readonly Script[]): string {
  const width = Math.max(...scripts.map(({ name }) => name.length));
  const lines = scripts.map(({ name, about }) => `  ${name.padEnd(width)}  ${about}`);
  return `npm run load -- <script> [flags]    load on a mesh, every answer checked

${lines.join("\n")}

  --vus N         so many clients instead of the script's own
  --duration D    for so long: 30s, 5m, 1h
  --own-mesh      on a mesh that is started for it; failover and scale always do that
  --json          the summary as one JSON object
  --help          this text

BASE_URL names the gateways of another mesh than that of npm start. Pages and JSON are in load-report/.
Exit code: 0 all held, 1 something did not, 2 wrong use or no mesh.
`;
}

/** Undefined where only the help is asked for. */
export function readFlags(args: readonly string[], scripts: readonly Script[]): Flags | undefined {
  const { values, positionals } = parse(args);
  if (values.help) {
    return undefined;
  }
  const [name, more] = positionals;
  const script = scripts.find((one) => one.name === name);
  const names = scripts.map((one) => one.name).join(", ");
  if (name === undefined) {
    throw new BadFlag(`which script? There are ${names}`);
  }
  if (!script || more !== undefined) {
    throw new BadFlag(`there is no script ${more ?? name}: there are ${names}`);
  }
  if (script.hasOwnShape && (values.vus !== undefined || values.duration !== undefined)) {
    throw new BadFlag(`${name} has a shape of its own: --vus and --duration are not for it`);
  }
  return {
    script,
    vus: values.vus === undefined ? undefined : count(values.vus),
    duration: values.duration === undefined ? undefined : time(values.duration),
    ownMesh: script.needsOwnMesh || (values["own-mesh"] ?? false),
    json: values.json ?? false,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        vus: { type: "string" },
        duration: { type: "string" },
        "own-mesh": { type: "boolean" },
        json: { type: "boolean" },
        help: { type: "boolean", short: "h" },
      },
    });
  } catch (error) {
    const [sentence] = (error as Error).message.split(". ");
    throw new BadFlag(`${sentence}: see npm run load -- --help`);
  }
}

function count(text: string): number {
  if (!/^[1-9]\d{0,3}$/.test(text)) {
    throw new BadFlag(`--vus is ${text}: it must be a whole number, 1 to 9999`);
  }
  return Number(text);
}

function time(text: string): string {
  if (!/^[1-9]\d{0,4}[smh]$/.test(text)) {
    throw new BadFlag(`--duration is ${text}: it must be like 30s, 5m or 1h`);
  }
  return text;
}

/** Of a duration as `time` lets it pass. */
export function secondsOf(duration: string): number {
  const seconds = { s: 1, m: 60, h: 3_600 }[duration.slice(-1)] ?? Number.NaN;
  return Number(duration.slice(0, -1)) * seconds;
}
