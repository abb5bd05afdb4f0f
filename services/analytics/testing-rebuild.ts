/** For tests only: a rebuild in a process of its own, which may be killed. */
import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { silent } from "#kit/log.ts";
import type { TestTopics } from "#kit/testing-kafka.ts";
import { rebuild } from "./rebuilding.ts";

interface Asked extends TestTopics {
  readonly url: string;
}

const self = fileURLToPath(import.meta.url);

export function startRebuild(asked: Asked) {
  return fork(self, [JSON.stringify(asked)], { execArgv: process.execArgv });
}

if (process.argv[1] === self && process.argv[2] !== undefined) {
  // Not without the test.
  process.once("disconnect", () => process.exit(1));
  const { url, ...topics } = JSON.parse(process.argv[2]) as Asked;
  await rebuild(url, { ...topics, security: undefined, log: silent });
  process.disconnect();
}
