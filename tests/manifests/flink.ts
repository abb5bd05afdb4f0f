/** The definitions of the Flink operator's kinds: from its classes' jar in Maven Central. */
import { execFile } from "node:child_process";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { root } from "../../infra/dev/root.ts";
import { cacheFolder } from "../../infra/tools/cache-folder.ts";
import { ToolUnavailable } from "../../infra/tools/go-tool.ts";
import { fingerprintOf, madeOnce } from "../../infra/tools/made-once.ts";

const run = promisify(execFile);
const pom = join(root, "infra/flink/operator-pom.xml");
const inJar = "META-INF/fabric8/flinkdeployments.flink.apache.org-v1.yml";
/** Of Flink, by the operator that runs 2.1: the last release that is in Maven Central has no name for it. */
const LATER = "- v1_20\n                - v2_0\n                - v2_1\n";

/** The folder with the definitions; made once for each version of the pom. */
export async function flinkDefinitions(): Promise<string> {
  const folder = join(cacheFolder(), `flink-operator-${await fingerprintOf(pom)}`);
  await madeOnce(folder, make);
  return folder;
}

async function make(draft: string): Promise<void> {
  const unpacked = `${draft}.jar`;
  try {
    const goal = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:unpack-dependencies";
    const only = ["-DexcludeTransitive=true", `-Dmdep.unpack.includes=${inJar}`];
    await run("mvn", ["-B", "-q", "-f", pom, goal, ...only, `-DoutputDirectory=${unpacked}`]);
    const text = await readFile(join(unpacked, inJar), "utf8");
    await writeFile(join(draft, "deployment.yaml"), text.replace("- v1_20\n", LATER));
  } catch (cause) {
    const remedy = "install Maven, and let this machine reach Maven Central once";
    throw new ToolUnavailable(`Flink's definitions could not be made: ${remedy}`, { cause });
  } finally {
    await rm(unpacked, { recursive: true, force: true });
  }
}
