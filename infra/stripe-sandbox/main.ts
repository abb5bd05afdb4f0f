// Runs the sandbox alone. See README.md for the variables.
import { startSandbox } from "./sandbox.ts";

const env = process.env;
const wrong: string[] = [];

function log(message: string, fields: Readonly<Record<string, unknown>> = {}): void {
  const line = { level: 30, time: Date.now(), name: "stripe-sandbox", ...fields, msg: message };
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

const port = Number(env.SANDBOX_PORT ?? "12111");
if (!Number.isInteger(port) || port < 0 || port > 65535) wrong.push("SANDBOX_PORT is not a port");
const secretKey = env.STRIPE_SECRET_KEY ?? "";
if (!/^sk_test_\w+$/.test(secretKey)) wrong.push("STRIPE_SECRET_KEY is not of the form sk_test_…");
const webhookSecret = env.STRIPE_WEBHOOK_SECRET ?? "";
if (webhookSecret === "") wrong.push("STRIPE_WEBHOOK_SECRET is missing");
const webhookUrl = env.SANDBOX_WEBHOOK_URL ?? "";
if (webhookUrl !== "" && !(URL.canParse(webhookUrl) && webhookUrl.startsWith("http"))) {
  wrong.push("SANDBOX_WEBHOOK_URL is not an http URL");
}
const dir = env.SANDBOX_DIR ?? ".tradepost/sandbox";

if (wrong.length > 0) {
  process.stderr.write(`${wrong.join("\n")}\n`);
  process.exit(2);
}

const sandbox = await startSandbox({
  port,
  dir,
  secretKey,
  webhookSecret,
  ...(env.HOST && { host: env.HOST }),
  ...(webhookUrl !== "" && { webhookUrl }),
  ...(env.SANDBOX_EVENTS && { enabledEvents: env.SANDBOX_EVENTS.split(",") }),
  log,
}).catch((error: Error) => {
  log("cannot start", { error: error.message });
  process.exit(1);
});
log("ready", { url: sandbox.url, dir });

let stopping = false;
async function stop(): Promise<void> {
  if (stopping) return;
  stopping = true;
  await sandbox.stop();
  process.exit(0);
}

process.on("SIGTERM", () => void stop());
process.on("SIGINT", () => void stop());
// The launcher died: nobody would stop this process.
process.on("disconnect", () => void stop());
