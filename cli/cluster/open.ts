// `tradepost open`: the mesh's pages at this machine's own ports.
import { spawn } from "node:child_process";
import { once } from "node:events";
import type { Command as Cli } from "commander";
import { CallFailed } from "../failure.ts";
import { table } from "../table.ts";
import { type Address, addressesIn } from "./addresses.ts";
import { type ClusterOptions, clusterOf } from "./cluster.ts";
import { clusterOptions, requireCluster } from "./options.ts";

type Write = (text: string) => void;

interface OpenOptions extends ClusterOptions {
  readonly json?: true;
}

export function addOpen(tradepost: Cli, write: Write): void {
  clusterOptions(tradepost.command("open"))
    .description("Forwards this machine's ports to the mesh in a cluster, until Ctrl-C.")
    .action((options: OpenOptions) => open(options, write));
}

async function open(options: OpenOptions, write: Write): Promise<void> {
  const cluster = clusterOf(options);
  await requireCluster(cluster);
  const addresses = await addressesIn(cluster);
  if (addresses.length === 0) {
    throw new CallFailed(`no mesh is in ${cluster.context}: tradepost up brings it there`);
  }
  const rows = addresses.map(({ name, url }) => [name, url]);
  write(options.json ? JSON.stringify({ addresses }) : table(["PAGE", "ADDRESS"], rows));
  await untilOneEnds(addresses);
}

/** Ctrl-C reaches them as well as us. */
async function untilOneEnds(addresses: readonly Address[]): Promise<void> {
  const running = addresses.map(({ name, command: [file, ...args] }) => {
    const child = spawn(file, args, { stdio: ["ignore", "ignore", "inherit"] });
    return { child, ended: once(child, "exit").then(() => name) };
  });
  const name = await Promise.race(running.map(({ ended }) => ended));
  for (const { child } of running) {
    child.kill();
  }
  throw new CallFailed(`the way to ${name} is closed`);
}
