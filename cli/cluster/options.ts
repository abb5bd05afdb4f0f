import type { Command } from "commander";
import { WrongUse } from "../wrong-use.ts";
import type { Cluster, Tool } from "./cluster.ts";
import { ask, requireTools } from "./runner.ts";

/** What every command about a cluster takes. */
export function clusterOptions(command: Command): Command {
  return command
    .requiredOption("--target <name>", "kind, minikube, or a context of kubectl")
    .option("--json", "one JSON object a line");
}

/** Refuses where a tool that is called is not installed, and a context that kubectl does not know. */
export async function requireCluster(
  { context, remedy, tools }: Cluster,
  isCalled = ({ file }: Tool) => file === "kubectl",
): Promise<void> {
  await requireTools(tools.filter(isCalled));
  const listed = await ask(["kubectl", "config", "get-contexts", "--output", "name"]);
  const known = listed.split("\n").filter(Boolean);
  if (!known.includes(context)) {
    const others = known.length > 0 ? `there are ${known.join(", ")}` : "there are none";
    throw new WrongUse(`kubectl has no context ${context}, ${others}: ${remedy}`);
  }
}
