// `tradepost status`: how the mesh in a cluster is.
import type { Command as Cli } from "commander";
import { CallFailed } from "../failure.ts";
import { table } from "../table.ts";
import { addressesIn } from "./addresses.ts";
import { type StepsOptions, show } from "./carry-out.ts";
import { clusterOf, inMesh } from "./cluster.ts";
import { addressesInWords } from "./in-words.ts";
import { clusterOptions, requireCluster } from "./options.ts";
import { ask } from "./runner.ts";

type Write = (text: string) => void;

/** What is read of a Deployment as kubectl shows it. */
interface Deployment {
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly replicas?: number;
    readonly template: { readonly spec: { readonly containers: readonly { image: string }[] } };
  };
  readonly status: { readonly readyReplicas?: number; readonly updatedReplicas?: number };
}

interface State {
  readonly name: string;
  readonly wanted: number;
  readonly ready: number;
  /** Of those that are wanted, how many run this image. */
  readonly updated: number;
  readonly image: string;
}

export function addStatus(tradepost: Cli, write: Write): void {
  clusterOptions(tradepost.command("status"))
    .description("Shows how the mesh in a cluster is, and where its pages are.")
    .option("--dry-run", "only prints what would be done, as commands")
    .addHelpText("after", "\nExit code: 0 all is ready, 1 something is not, 2 wrong use.")
    .action((options: StepsOptions) => status(options, write));
}

async function status(options: StepsOptions, write: Write): Promise<void> {
  const cluster = clusterOf(options);
  const command = inMesh(cluster, "get", "deployments", "--output", "json");
  if (options.dryRun) {
    show([{ title: "look at the deployments", command }], options, write);
    return;
  }
  await requireCluster(cluster);
  const { items } = JSON.parse(await ask(command)) as { items: readonly Deployment[] };
  if (items.length === 0) {
    throw new CallFailed(`no mesh is in ${cluster.context}: tradepost up brings it there`);
  }
  const states = items.map(stateOf);
  const addresses = await addressesIn(cluster);
  write(
    options.json
      ? JSON.stringify({ deployments: states, addresses })
      : `${statesInWords(states)}\n\n${addressesInWords(addresses, cluster)}`,
  );
  const unwell = states.filter(({ ready, updated, wanted }) => ready < wanted || updated < wanted);
  if (unwell.length > 0) {
    throw new CallFailed(`not ready: ${unwell.map(({ name }) => name).join(", ")}`);
  }
}

function stateOf({ metadata, spec, status: told }: Deployment): State {
  return {
    name: metadata.name,
    wanted: spec.replicas ?? 1,
    ready: told.readyReplicas ?? 0,
    updated: told.updatedReplicas ?? 0,
    image: spec.template.spec.containers[0]?.image ?? "",
  };
}

function statesInWords(states: readonly State[]): string {
  const rows = states.map(({ name, wanted, ready, updated, image }) => [
    name,
    `${ready}/${wanted}`,
    `${updated}/${wanted}`,
    image,
  ]);
  return table(["NAME", "READY", "UPDATED", "IMAGE"], rows);
}
