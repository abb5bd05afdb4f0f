import { parseArgs } from "node:util";

const USAGE =
  "npm run bench:orders -- [--rounds 3] [--seconds 12] [--warm 40] [--clients 1,8,32] [--json] [--write]";

/** One sentence and exit code 2 for what is not understood. */
export function readFlags() {
  try {
    const { values } = parseArgs({
      options: {
        rounds: { type: "string", default: "3" },
        seconds: { type: "string", default: "12" },
        warm: { type: "string", default: "40" },
        clients: { type: "string", default: "1,8,32" },
        json: { type: "boolean", default: false },
        write: { type: "boolean", default: false },
      },
    });
    return {
      rounds: whole("rounds", values.rounds),
      seconds: whole("seconds", values.seconds),
      warm: whole("warm", values.warm),
      clients: values.clients.split(",").map((text) => whole("clients", text)),
      json: values.json,
      write: values.write,
    };
  } catch (error) {
    process.stderr.write(`${(error as Error).message.split("\n")[0]}; ${USAGE}\n`);
    process.exit(2);
  }
}

function whole(name: string, text: string): number {
  if (!/^[1-9]\d{0,3}$/.test(text)) {
    throw new Error(`--${name} takes whole numbers from 1 to 9999, not ${text}`);
  }
  return Number(text);
}
