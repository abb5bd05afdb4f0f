// What stands around the mesh in development, in one process: the Stripe sandbox and the mail sink.
// It also outlives a launcher that was killed just long enough to end the servers that have no
// channel to it.
import { startMailSink } from "../mail-sink/mail-sink.ts";
import { startSandbox } from "../stripe-sandbox/sandbox.ts";
import { endProcess, type ProcessIdentity } from "./process-identity.ts";

const { env } = process;

let guarded: readonly ProcessIdentity[] = [];
process.on("message", (message) => {
  guarded = message as ProcessIdentity[];
});

const sink = await startMailSink({
  smtpPort: Number(env.SMTP_PORT),
  httpPort: Number(env.MAIL_PORT),
});
const sandbox = env.STRIPE_PORT
  ? await startSandbox({
      port: Number(env.STRIPE_PORT),
      dir: env.SANDBOX_DIR ?? "",
      secretKey: env.STRIPE_SECRET_KEY ?? "",
      webhookSecret: env.STRIPE_WEBHOOK_SECRET ?? "",
      webhookUrl: env.SANDBOX_WEBHOOK_URL ?? "",
    })
  : undefined;

async function stop(): Promise<void> {
  await Promise.all([sink.stop(), sandbox?.stop()]);
}

process.once("SIGTERM", () => void stop().finally(() => process.exit()));
process.once("disconnect", () => {
  const ending = guarded.map((server) => endProcess(server));
  void Promise.all([...ending, stop()]).finally(() => process.exit());
});
