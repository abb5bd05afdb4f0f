/** The definitions of Strimzi's kinds: made by its own generator from its own classes, both of Maven. */
import { execFile } from "node:child_process";
import { createHash, randomUUID } from "node:crypto";
import { mkdir, readFile, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { java } from "../../infra/dev/kafka-jars.ts";
import { root } from "../../infra/dev/root.ts";
import { cacheFolder } from "../../infra/tools/cache-folder.ts";
import { ToolUnavailable } from "../../infra/tools/go-tool.ts";

const run = promisify(execFile);
const pom = join(root, "infra/kafka/strimzi-pom.xml");
const model = "io.strimzi.api.kafka.model";

const KINDS: Readonly<Record<string, string>> = {
  kafka: `${model}.kafka.Kafka`,
  topic: `${model}.topic.KafkaTopic`,
  pool: `${model}.nodepool.KafkaNodePool`,
};

/** The folder with the definitions; made once for each version of the pom. */
export async function strimziDefinitions(): Promise<string> {
  const hash = createHash("sha256")
    .update(await readFile(pom))
    .digest("hex");
  const folder = join(cacheFolder(), `strimzi-${hash.slice(0, 12)}`);
  if (await stat(folder).catch(() => undefined)) {
    return folder;
  }
  const draft = `${folder}.${randomUUID()}`;
  const jars = `${draft}.jars`;
  await mkdir(draft, { recursive: true });
  try {
    const copy = ["-B", "-q", "-f", pom, "dependency:copy-dependencies"];
    await run("mvn", [...copy, `-DoutputDirectory=${jars}`, "-DincludeScope=runtime"]);
    const versions = ["--api-versions", "v1beta2", "--storage-version", "v1beta2"];
    const kubernetes = ["--target-kube", "1.25+", "--crd-api-version", "v1"];
    const files = Object.entries(KINDS).map(([name, type]) => `${type}=${join(draft, name)}.yaml`);
    const main = ["-cp", join(jars, "*"), "io.strimzi.crdgenerator.CrdGenerator"];
    await run(java(), [...main, "--yaml", ...kubernetes, ...versions, ...files]);
    await rename(draft, folder).catch(() => {
      // Another process was first; its files are the same.
    });
  } catch (cause) {
    const remedy = "install Java 17 and Maven, and let this machine reach Maven Central once";
    throw new ToolUnavailable(`Strimzi's definitions could not be made: ${remedy}`, { cause });
  } finally {
    await rm(draft, { recursive: true, force: true });
    await rm(jars, { recursive: true, force: true });
  }
  return folder;
}
