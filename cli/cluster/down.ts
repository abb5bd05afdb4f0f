// `tradepost down`: takes the mesh out of a cluster, and what it has stored there.
import { createInterface } from "node:readline/promises";
import type { Command as Cli } from "commander";
import { WrongUse } from "../wrong-use.ts";
import { performAll, type StepsOptions, show } from "./carry-out.ts";
import { type Cluster, clusterOf, NAMESPACE } from "./cluster.ts";
import { clusterOptions, requireCluster } from "./options.ts";
import { stepsDown } from "./plan.ts";

type Write = (text: string) => void;

interface DownOptions extends StepsOptions {
  readonly yes?: true;
}

export function addDown(tradepost: Cli, write: Write): void {
  clusterOptions(tradepost.command("down"))
    .description("Deletes the mesh in a cluster, with all its data.")
    .option("--yes", "does not ask whether it is meant")
    .option("--dry-run", "only prints what would be done, as commands")
    .action((options: DownOptions) => down(options, write));
}

async function down(options: DownOptions, write: Write): Promise<void> {
  const cluster = clusterOf(options);
  const steps = stepsDown(cluster);
  if (options.dryRun) {
    show(steps, options, write);
    return;
  }
  await requireCluster(cluster);
  if (!options.yes) {
    await requireConsent(cluster);
  }
  await performAll(steps, options, write);
}

/** The context's name, typed: a wrong window is noticed. */
async function requireConsent({ context }: Cluster): Promise<void> {
  if (!process.stdin.isTTY) {
    throw new WrongUse("nobody is there to be asked whether it is meant: say --yes");
  }
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await terminal.question(
    `This deletes the namespace ${NAMESPACE} of ${context} with all its data. Type ${context}: `,
  );
  terminal.close();
  if (answer.trim() !== context) {
    throw new WrongUse("nothing was deleted");
  }
}
