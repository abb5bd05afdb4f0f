/** The inner program: `node <copy>/dist/tests/chaos/variants/sweep-main.js <folder> <points.json>`. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { judgeLiving, type Verdict } from "../../../infra/verify/check.ts";
import { untilQuiet } from "../quiet.ts";
import { sweep } from "./sweep.ts";

/** How long after the last crash everything must have come to its end, in milliseconds. */
const CONVERGENCE_MS = 30_000;

const [dir, pointsFile] = process.argv.slice(2);
if (dir === undefined || pointsFile === undefined) {
  process.stderr.write("sweep-main.js <folder> <points.json>\n");
  process.exit(2);
}
const points = JSON.parse(readFileSync(pointsFile, "utf8")) as string[];
const say = (line: string) => void process.stderr.write(`${line}\n`);
const { mesh, result } = await sweep(dir, points, say);
try {
  const quiet = await untilQuiet(mesh, performance.now(), CONVERGENCE_MS);
  // Windows of the last minute may still be told while it is looked at.
  const verdicts: readonly Verdict[] = await judgeLiving({
    databaseUrls: mesh.databaseUrls,
    brokers: mesh.kafka.brokers,
    provider: mesh.stripe.url,
    sandbox: join(mesh.dir, "sandbox"),
  });
  const told = { ...result, quiet, verdicts };
  const text = JSON.stringify(told, (_, value) =>
    typeof value === "bigint" ? String(value) : value,
  );
  process.stdout.write(`${text}\n`);
  const isWrong = verdicts.some(({ count }) => count > 0) || quiet.ms === undefined;
  process.exitCode = isWrong || result.missed.length > 0 ? 1 : 0;
} finally {
  await mesh.stop();
}
