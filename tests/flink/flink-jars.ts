// The runner and Flink's own jars, built once by Maven for each version of infra/flink and kept
// outside the tree. windows.sql is read from the tree: to change it builds nothing.
import { execFile } from "node:child_process";
import { createHash, randomUUID } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { root } from "../../infra/dev/root.ts";
import { cacheFolder } from "../../infra/tools/cache-folder.ts";

const run = promisify(execFile);
const folder = join(root, "infra/flink");
const sources = join(folder, "src/main/java/dev/tradepost/flink");

/** What a JVM finds the runner and a Flink of its own by. */
export async function flinkClasses(say: (line: string) => void): Promise<string[]> {
  const built = join(cacheFolder(), `flink-${(await version()).slice(0, 12)}`);
  if (!(await stat(built).catch(() => undefined))) {
    say("building the job and downloading Flink from Maven Central, about 150 MB, once");
    await build(built);
  }
  return [join(built, "target", "tradepost-windows.jar"), join(built, "lib", "*")];
}

async function build(place: string): Promise<void> {
  const draft = `${place}.${randomUUID()}`;
  await mkdir(draft, { recursive: true });
  try {
    await run("mvn", [
      ...["-B", "-q", "-f", join(folder, "pom.xml"), "package", "dependency:copy-dependencies"],
      `-Dbuild.folder=${join(draft, "target")}`,
      `-DoutputDirectory=${join(draft, "lib")}`,
    ]);
    await rename(draft, place).catch(async (error) => {
      // Another process may have been first; its classes are the same.
      if (!(await stat(place).catch(() => undefined))) {
        throw error;
      }
    });
  } catch (error) {
    const { code, stdout } = error as { code?: unknown; stdout?: string };
    const why =
      code === "ENOENT"
        ? "Maven is not installed: install it, and a JDK of Java 17 or later"
        : (/\[ERROR\] (.*)/.exec(stdout ?? "")?.[1] ?? String(error));
    throw new Error(`Flink's job could not be built: ${why}`, { cause: error });
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

async function version(): Promise<string> {
  const files = (await readdir(sources)).toSorted().map((name) => join(sources, name));
  const hash = createHash("sha256");
  for (const text of await Promise.all(
    [join(folder, "pom.xml"), ...files].map((file) => readFile(file)),
  )) {
    hash.update(text);
  }
  return hash.digest("hex");
}
