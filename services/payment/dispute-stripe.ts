import type Stripe from "stripe";
import type { DisputeProvider, ProviderDispute } from "./dispute-provider.ts";
import type { DisputeStatus } from "./payment.ts";
import type { GuardedCall } from "./stripe-answers.ts";

export function stripeDisputes(stripe: Stripe, call: GuardedCall): DisputeProvider {
  return {
    readDispute: (id) =>
      call("reading a dispute", async () => disputeOf(await stripe.disputes.retrieve(id))),
  };
}

/** Those that are not here are open. Of an inquiry that was closed, the money never moved. */
const ENDED: Readonly<Record<string, DisputeStatus>> = {
  won: "won",
  warning_closed: "won",
  prevented: "won",
  lost: "lost",
};

function disputeOf(dispute: Stripe.Dispute): ProviderDispute {
  const intent = dispute.payment_intent;
  return {
    id: dispute.id,
    intentId: typeof intent === "string" ? intent : (intent?.id ?? ""),
    status: ENDED[dispute.status] ?? "open",
    amount: BigInt(dispute.amount),
    reason: dispute.reason,
    movements: dispute.balance_transactions.map(({ id, amount, fee }) => ({
      id,
      amount: BigInt(amount),
      fee: BigInt(fee),
    })),
  };
}
