/** The definitions of Strimzi's kinds: made by its own generator from its own classes, both of Maven. */
import { execFile } from "node:child_process";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { java } from "../../infra/dev/kafka-jars.ts";
import { root } from "../../infra/dev/root.ts";
import { cacheFolder } from "../../infra/tools/cache-folder.ts";
import { ToolUnavailable } from "../../infra/tools/go-tool.ts";
import { fingerprintOf, madeOnce } from "../../infra/tools/made-once.ts";

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
  const folder = join(cacheFolder(), `strimzi-${await fingerprintOf(pom)}`);
  await madeOnce(folder, make);
  return folder;
}

async function make(draft: string): Promise<void> {
  const jars = `${draft}.jars`;
  try {
    const copy = ["-B", "-q", "-f", pom, "dependency:copy-dependencies"];
    await run("mvn", [...copy, `-DoutputDirectory=${jars}`, "-DincludeScope=runtime"]);
    const versions = ["--api-versions", "v1beta2", "--storage-version", "v1beta2"];
    const kubernetes = ["--target-kube", "1.25+", "--crd-api-version", "v1"];
    const files = Object.entries(KINDS).map(([name, type]) => `${type}=${join(draft, name)}.yaml`);
    const main = ["-cp", join(jars, "*"), "io.strimzi.crdgenerator.CrdGenerator"];
    await run(java(), [...main, "--yaml", ...kubernetes, ...versions, ...files]);
  } catch (cause) {
    const remedy = "install Java 17 and Maven, and let this machine reach Maven Central once";
    throw new ToolUnavailable(`Strimzi's definitions could not be made: ${remedy}`, { cause });
  } finally {
    await rm(jars, { recursive: true, force: true });
  }
}
