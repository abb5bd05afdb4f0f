// `tradepost verify`: what must be true at rest, asked of a mesh that runs.
import type { Command } from "commander";
import { inWords, judgeLiving } from "../infra/verify/check.ts";
import { devPlaces, NoMesh } from "../infra/verify/dev-places.ts";
import { CallFailed } from "./failure.ts";

const WHERE = `
The mesh of npm start, or: DATABASE_URL (the administrator's) or USER_DATABASE_URL …
ANALYTICS_DATABASE_URL; KAFKA_BROKERS; STRIPE_API_BASE of a sandbox. A mesh at work is looked at
twice, some seconds apart: only what is wrong both times counts.

Exit code: 0 all holds, 1 a violation or no mesh.`;

export function addVerify(tradepost: Command, write: (text: string) => void): void {
  tradepost
    .command("verify")
    .description("Checks that no order, charge, unit of stock or event is lost or doubled.")
    .option("--json", "one JSON object")
    .addHelpText("after", WHERE)
    .action((options: { json?: true }) => verify(options.json ?? false, write));
}

async function verify(isJson: boolean, write: (text: string) => void): Promise<void> {
  const verdicts = await devPlaces(process.env)
    .then((places) => judgeLiving(places))
    .catch((error: Error) => {
      throw new CallFailed(
        error instanceof NoMesh ? error.message : `the mesh cannot be read: ${error.message}`,
        { cause: error },
      );
    });
  write(isJson ? JSON.stringify({ verdicts }, bigints) : verdicts.map(inWords).join("\n"));
  const broken = verdicts.filter(({ count }) => count > 0).map(({ id }) => id);
  if (broken.length > 0) {
    throw new CallFailed(`violated: ${broken.join(", ")}`);
  }
}

function bigints(_: string, value: unknown): unknown {
  return typeof value === "bigint" ? String(value) : value;
}
