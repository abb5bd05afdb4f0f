// `tradepost up`: the mesh in a cluster, from the tree that this command stands in.
import type { Command as Cli } from "commander";
import { WrongUse } from "../wrong-use.ts";
import { addressesIn } from "./addresses.ts";
import { performAll, type StepsOptions, show } from "./carry-out.ts";
import { type Cluster, clusterOf } from "./cluster.ts";
import { addressesInWords } from "./in-words.ts";
import { clusterOptions, requireCluster } from "./options.ts";
import { stepsUp } from "./plan.ts";
import { ask } from "./runner.ts";

type Write = (text: string) => void;

const EXAMPLE = `
Example:
  kind create cluster
  tradepost up --target kind

It builds the image and tags it with the commit, brings it to the cluster, applies
k8s/overlays/local (of a context k8s/overlays/production), waits for every rollout, and asks
whether all answer. What is there already is brought up to date, one instance at a time.

Exit code: 0 it is up, 1 a step failed, 2 wrong use, or something is not installed.`;

export function addUp(tradepost: Cli, write: Write): void {
  clusterOptions(tradepost.command("up"))
    .description("Builds the mesh and brings it up in a cluster.")
    .option("--registry <host/path>", "of a context: where the image is pushed and pulled")
    .option("--dry-run", "only prints what would be done, as commands")
    .addHelpText("after", EXAMPLE)
    .action((options: StepsOptions) => up(options, write));
}

async function up(options: StepsOptions, write: Write): Promise<void> {
  const cluster = clusterOf(options);
  if (cluster.isShared && options.registry === undefined) {
    throw new WrongUse("--registry is missing: say where the image is pushed, as ghcr.io/acme");
  }
  const tag = await ask(["git", "rev-parse", "--short", "HEAD"]);
  const steps = stepsUp(cluster, tag);
  if (options.dryRun) {
    show(steps, options, write);
    return;
  }
  await requireCluster(cluster, () => true);
  await requireCommitted(cluster);
  await performAll(steps, options, write);
  const addresses = await addressesIn(cluster);
  write(options.json ? JSON.stringify({ addresses }) : addressesInWords(addresses, cluster));
}

/** Others must be able to tell from the tag what they run. */
async function requireCommitted({ isShared }: Cluster): Promise<void> {
  if (isShared && (await ask(["git", "status", "--porcelain"])) !== "") {
    throw new WrongUse(
      "there are changes that no commit has: commit them, so that the tag is true",
    );
  }
}
