// Kafka's jars from Maven Central, resolved once for each version of infra/kafka/pom.xml and kept
// outside the tree, so that every checkout and every test run shares them.
import { execFile, spawn } from "node:child_process";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { cacheFolder } from "../tools/cache-folder.ts";
import { fingerprintOf, isThere, madeOnce } from "../tools/made-once.ts";
import { root } from "./root.ts";

const run = promisify(execFile);
const windows = process.platform === "win32";
const pom = join(root, "infra/kafka/pom.xml");

type KafkaAvailable = { ok: true } | { ok: false; why: string; remedy: string };

/** Whether this machine can run Kafka: Java always, Maven only until the jars are there. */
export async function kafkaAvailable(): Promise<KafkaAvailable> {
  const remedy = "install Java 17 or later and Maven, or set KAFKA_BROKERS to a broker that runs";
  const version = await run(java(), ["-version"]).then(
    ({ stderr }) => Number(/version "(\d+)/.exec(stderr)?.[1] ?? 0),
    () => undefined,
  );
  if (version === undefined) {
    return { ok: false, why: "Java is not installed", remedy };
  }
  if (version < 17) {
    return { ok: false, why: `Java ${version} is older than 17`, remedy };
  }
  if (await isThere(await folder())) {
    return { ok: true };
  }
  const maven = await run("mvn", ["--version"], { shell: windows }).catch(() => undefined);
  return maven ? { ok: true } : { ok: false, why: "Maven is not installed", remedy };
}

export function java(): string {
  return process.env.JAVA_HOME ? join(process.env.JAVA_HOME, "bin", "java") : "java";
}

/** The folder with the jars; downloads them when it is not there, and tells `say` about it. */
export async function kafkaJars(
  say: (line: string) => void,
  signal?: AbortSignal,
): Promise<string> {
  const jars = await folder();
  if (await isThere(jars)) {
    return jars;
  }
  say("downloading Apache Kafka from Maven Central, about 40 MB, once");
  const begun = Date.now();
  await madeOnce(jars, (draft) => resolve(draft, say, signal));
  const seconds = ((Date.now() - begun) / 1_000).toFixed(1);
  say(`Apache Kafka is in ${jars}: ${await megabytes(jars)} MB after ${seconds} s`);
  return jars;
}

async function resolve(
  draft: string,
  say: (line: string) => void,
  signal: AbortSignal | undefined,
): Promise<void> {
  const args = ["-B", "-f", pom, "dependency:copy-dependencies"];
  const child = spawn("mvn", [...args, `-DoutputDirectory=${draft}`, "-DincludeScope=runtime"], {
    stdio: ["ignore", "pipe", "pipe"],
    shell: windows,
    ...(signal && { signal }),
  });
  let output = "";
  let told = Date.now();
  const hear = (chunk: Buffer) => {
    output = (output + chunk).slice(-20_000);
    if (Date.now() - told > 5_000) {
      told = Date.now();
      const file = output.match(/Download\w+ from \S+: \S+\/(\S+)/g)?.at(-1);
      say(file ? `… ${file.slice(file.lastIndexOf("/") + 1)}` : "… resolving");
    }
  };
  child.stdout.on("data", hear);
  child.stderr.on("data", hear);
  const code = await new Promise((done) => {
    child.once("close", done);
    child.once("error", done);
  });
  if (code !== 0) {
    const reason = /\[ERROR\] (.*)/.exec(output)?.[1] ?? `mvn: ${code}`;
    throw new Error(`Kafka could not be downloaded: ${reason}`);
  }
}

async function folder(): Promise<string> {
  return join(cacheFolder(), `kafka-${await fingerprintOf(pom)}`);
}

async function megabytes(dir: string): Promise<number> {
  const files = await readdir(dir);
  const sizes = await Promise.all(files.map(async (file) => (await stat(join(dir, file))).size));
  return Math.round(sizes.reduce((sum, size) => sum + size, 0) / 1e6);
}
