// The runner and Flink's own jars, built once by Maven for each version of infra/flink and kept
// outside the tree. windows.sql is read from the tree: to change it builds nothing.
import { execFile } from "node:child_process";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { root } from "../../infra/dev/root.ts";
import { cacheFolder } from "../../infra/tools/cache-folder.ts";
import { fingerprintOf, madeOnce } from "../../infra/tools/made-once.ts";

const run = promisify(execFile);
const folder = join(root, "infra/flink");
const pom = join(folder, "pom.xml");
const sources = join(folder, "src/main/java/dev/tradepost/flink");

/** What a JVM finds the runner and a Flink of its own by. */
export async function flinkClasses(say: (line: string) => void): Promise<string[]> {
  const files = (await readdir(sources)).toSorted().map((name) => join(sources, name));
  const built = join(cacheFolder(), `flink-${await fingerprintOf(pom, ...files)}`);
  await madeOnce(built, async (draft) => {
    say("building the job and downloading Flink from Maven Central, about 150 MB, once");
    await build(draft);
  });
  return [join(built, "target", "tradepost-windows.jar"), join(built, "lib", "*")];
}

async function build(draft: string): Promise<void> {
  try {
    await run("mvn", [
      ...["-B", "-q", "-f", pom, "package", "dependency:copy-dependencies"],
      `-Dbuild.folder=${join(draft, "target")}`,
      `-DoutputDirectory=${join(draft, "lib")}`,
    ]);
  } catch (error) {
    const { code, stdout } = error as { code?: unknown; stdout?: string };
    const why =
      code === "ENOENT"
        ? "Maven is not installed: install it, and a JDK of Java 17 or later"
        : (/\[ERROR\] (.*)/.exec(stdout ?? "")?.[1] ?? String(error));
    throw new Error(`Flink's job could not be built: ${why}`, { cause: error });
  }
}
