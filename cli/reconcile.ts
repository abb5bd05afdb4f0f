// `tradepost reconcile`: what Stripe, the books and the orders disagree on.
import type { Command } from "commander";
import { durationMs } from "#kit/duration.ts";
import { call } from "./call.ts";
import { CallFailed } from "./failure.ts";
import { table } from "./table.ts";
import { targetOptions } from "./target-options.ts";
import type { UnaryOptions } from "./unary.ts";
import { WrongUse } from "./wrong-use.ts";

type Write = (text: string) => void;

interface ReconcileOptions extends UnaryOptions {
  readonly since: string;
}

interface Finding {
  readonly kind: string;
  readonly orderId: string;
  readonly paymentId: string;
  readonly reference: string;
  readonly expected: string;
  readonly found: string;
  readonly repaired: boolean;
}

interface Answer {
  readonly findings: readonly Finding[];
  readonly payments: number;
  readonly objects: number;
}

const RPC = "tradepost.payment.v1.PaymentService/Reconcile";

const EXIT_CODES = `
Exit code: 0 nothing differs any more, 1 something does or it was not reached, 2 wrong use.`;

export function addReconcile(tradepost: Command, write: Write): void {
  targetOptions(tradepost.command("reconcile"))
    .description("Compares what Stripe lists with the books and the orders; repairs what is safe.")
    .option("--since <time>", "how far back: 90s, 15m, 24h, 7d", "24h")
    .addHelpText("after", EXIT_CODES)
    .action((options: ReconcileOptions) => reconcile(options, write));
}

/** Throws when a difference is left that nothing repaired. */
async function reconcile(options: ReconcileOptions, write: Write): Promise<void> {
  const backMs = durationMs(options.since);
  if (backMs === undefined) {
    throw new WrongUse(`--since is ${options.since}: it must be such as 90s, 15m, 24h or 7d`);
  }
  const since = new Date(Date.now() - backMs).toISOString();
  const texts: string[] = [];
  await call(RPC, JSON.stringify({ since }), options, (text) => void texts.push(text));
  const answer = JSON.parse(texts.join("")) as Answer;
  write(options.json ? JSON.stringify(answer) : inWords(answer));
  const { length: left } = answer.findings.filter(({ repaired }) => !repaired);
  if (left > 0) {
    throw new CallFailed(left === 1 ? "1 difference is left" : `${left} differences are left`);
  }
}

function inWords({ findings, payments, objects }: Answer): string {
  const rows = findings.map((one) => [
    one.kind,
    one.repaired ? "yes" : "no",
    one.orderId || "-",
    one.paymentId || one.reference || "-",
    one.expected,
    one.found,
  ]);
  const heads = ["what", "repaired", "order", "payment", "ours", "found"];
  const listed = findings.length === 0 ? "No differences." : table(heads, rows);
  return `${listed}\n${payments} payments and ${objects} objects at Stripe were looked at.`;
}
