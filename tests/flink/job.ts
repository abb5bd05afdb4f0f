/** The job of infra/flink in one JVM of this machine, with a Flink of its own. */
import { delimiter, join } from "node:path";
import { java } from "../../infra/dev/kafka-jars.ts";
import { root } from "../../infra/dev/root.ts";
import { type ServerProcess, startProcess } from "../../infra/dev/server-process.ts";
import { flinkClasses } from "./flink-jars.ts";

/** 1 GB takes 200,000 events with room to spare; Flink takes Kryo's classes apart to copy them. */
const JVM = [
  "-Xmx1g",
  "-XX:+UseSerialGC",
  "--add-opens=java.base/java.lang=ALL-UNNAMED",
  "--add-opens=java.base/java.util=ALL-UNNAMED",
  `-Dlog4j2.configurationFile=${join(root, "infra/flink/log4j2.properties")}`,
];

export interface Job extends ServerProcess {
  readonly log: string;
}

export async function startJob(
  dir: string,
  settings: Readonly<Record<string, string>>,
  say: (line: string) => void,
): Promise<Job> {
  const classes = await flinkClasses(say);
  const log = join(dir, "flink.log");
  const job = await startProcess({
    file: java(),
    args: [...JVM, "-cp", classes.join(delimiter), "dev.tradepost.flink.Runner"],
    cwd: dir,
    env: {
      ...process.env,
      WINDOWS_SQL: join(root, "infra/flink/windows.sql"),
      CHECKPOINT_FOLDER: `file://${join(dir, "checkpoints")}`,
      CHECKPOINT_EACH: "2 s",
      ...settings,
    },
    log,
  });
  // For a run that ends without its end: Ctrl-C, an uncaught error.
  process.once("exit", job.kill);
  return { ...job, log };
}
