import { parseArgs } from "node:util";
import { planPorts } from "../dev/port-plan.ts";

export interface Flags {
  readonly url: string;
  /** Of the mail sink's page. */
  readonly mailUrl: string;
  readonly json: boolean;
  readonly help: boolean;
}

/** One sentence for the person who typed it. */
export class BadFlag extends Error {
  override readonly name = "BadFlag";
}

export const HELP = `npm run demo [-- flags]    tells the story of a purchase against a running mesh

  --url <url>     the gateway, http://127.0.0.1:8080
  --mail <url>    the page of the mail sink, http://127.0.0.1:8025
  --json          one JSON object a line instead of a page
  --help          this text

Exit code: 0 all went as it should, 1 a step did not, 2 no mesh answers.
`;

export async function readFlags(
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
): Promise<Flags> {
  const ports = await planPorts("fixed", environment);
  const { url, mail, json, help } = parse(args);
  return {
    url: address("--url", url ?? `http://127.0.0.1:${ports.gateway}`),
    mailUrl: address("--mail", mail ?? `http://127.0.0.1:${ports.mail}`),
    json: json ?? false,
    help: help ?? false,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        url: { type: "string" },
        mail: { type: "string" },
        json: { type: "boolean" },
        help: { type: "boolean", short: "h" },
      },
    }).values;
  } catch (error) {
    const [sentence] = (error as Error).message.split(". ");
    throw new BadFlag(`${sentence}: see npm run demo -- --help`);
  }
}

function address(flag: string, text: string): string {
  if (!/^https?:$/.test(URL.canParse(text) ? new URL(text).protocol : "")) {
    throw new BadFlag(`${flag} is ${text}: it must be an http:// address`);
  }
  return text.replace(/\/+$/, "");
}
