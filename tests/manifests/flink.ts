/** The definitions of the Flink operator's kinds: from its classes' jar in Maven Central. */
import { execFile } from "node:child_process";
import { createHash, randomUUID } from "node:crypto";
import { mkdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { root } from "../../infra/dev/root.ts";
import { cacheFolder } from "../../infra/tools/cache-folder.ts";
import { ToolUnavailable } from "../../infra/tools/go-tool.ts";

const run = promisify(execFile);
const pom = join(root, "infra/flink/operator-pom.xml");
const inJar = "META-INF/fabric8/flinkdeployments.flink.apache.org-v1.yml";
/** Of Flink, by the operator that runs 2.1: the last release that is in Maven Central has no name for it. */
const LATER = "- v1_20\n                - v2_0\n                - v2_1\n";

/** The folder with the definitions; made once for each version of the pom. */
export async function flinkDefinitions(): Promise<string> {
  const hash = createHash("sha256")
    .update(await readFile(pom))
    .digest("hex");
  const folder = join(cacheFolder(), `flink-operator-${hash.slice(0, 12)}`);
  if (await stat(folder).catch(() => undefined)) {
    return folder;
  }
  const draft = `${folder}.${randomUUID()}`;
  const unpacked = `${draft}.jar`;
  await mkdir(draft, { recursive: true });
  try {
    const goal = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:unpack-dependencies";
    const only = ["-DexcludeTransitive=true", `-Dmdep.unpack.includes=${inJar}`];
    await run("mvn", ["-B", "-q", "-f", pom, goal, ...only, `-DoutputDirectory=${unpacked}`]);
    const text = await readFile(join(unpacked, inJar), "utf8");
    await writeFile(join(draft, "deployment.yaml"), text.replace("- v1_20\n", LATER));
    await rename(draft, folder).catch(() => {
      // Another process was first; its files are the same.
    });
  } catch (cause) {
    const remedy = "install Maven, and let this machine reach Maven Central once";
    throw new ToolUnavailable(`Flink's definitions could not be made: ${remedy}`, { cause });
  } finally {
    await rm(draft, { recursive: true, force: true });
    await rm(unpacked, { recursive: true, force: true });
  }
  return folder;
}
