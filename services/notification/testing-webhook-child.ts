// A process of its own that sends webhooks, for a test that kills it.
import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { openDatabase } from "#kit/db.ts";
import { silent } from "#kit/log.ts";
import { openGuard } from "./testing-webhooks.ts";
import { webhookSecrets } from "./webhook-secrets.ts";
import { webhookSending } from "./webhook-sending.ts";

const self = fileURLToPath(import.meta.url);

/** @param authority a file; whose certificates it believes */
export function startSender(url: string, authority: string): ChildProcess {
  return fork(self, [url], {
    execArgv: process.execArgv,
    env: { ...process.env, NODE_EXTRA_CA_CERTS: authority },
  });
}

const url = process.argv[1] === self ? process.argv[2] : undefined;
if (url !== undefined) {
  // Not without the test.
  process.once("disconnect", () => process.exit(1));
  const db = openDatabase({ url, name: "sender" });
  const secrets = webhookSecrets(undefined);
  await webhookSending({ db, url, log: silent, secrets, guard: openGuard }).start();
}
