// For tests only: sales, disputes, and what the reconciler says.
import { type ReconcileFinding, ReconcileFinding_Kind } from "#gen/tradepost/payment/v1/payment.ts";
import { chargeOf, type StartedPayments, signed } from "./testing.ts";
import { usd } from "./testing-others.ts";

export { usd };

/** An order of 10.00, with its ids. */
export async function chargedBy(mesh: StartedPayments, more: { paymentMethod?: string } = {}) {
  const wish = chargeOf(more);
  const { orderId } = wish;
  const { payment } = await mesh.order.charge(wish);
  const intentId = (await mesh.atStripe(orderId))?.intents[0] ?? "";
  return { orderId, paymentId: payment?.id ?? "", intentId };
}

let merchants = 0;

/** A merchant that is owed 10.00 for each sale. */
export async function merchantOwed(mesh: StartedPayments, sales: number): Promise<string> {
  const merchantId = `seller-${++merchants}`;
  const shares = [{ merchantId, amount: usd(1_000n) }];
  for (let sale = 0; sale < sales; sale++) {
    const wish = chargeOf({ paymentMethod: "pm_card_bypassPending" });
    await mesh.order.charge({ ...wish, shares });
  }
  return merchantId;
}

/** Stripe's fees are the shop's to bear, so it needs money of its own there. */
export async function sellOwn(mesh: StartedPayments, paymentMethod = "pm_card_bypassPending") {
  const amount = usd(100_000n);
  const shares = [{ merchantId: "", amount }];
  const wish = { ...chargeOf({ paymentMethod }), amount, shares };
  mesh.orders.set(wish.orderId, { total: amount });
  await mesh.order.charge(wish);
}

let told = 0;

/** Stripe tells of a dispute. */
export function tellOfDispute(
  mesh: StartedPayments,
  disputeId: string,
  type: string,
  eventId = `evt_dispute_${++told}`,
) {
  const data = { object: { id: disputeId } };
  const event = { id: eventId, object: "event", type: `charge.dispute.${type}`, data };
  const { request, as } = signed(event, "whsec_new");
  return mesh.hooks.handleStripeEvent(request, as);
}

/** What a run of the reconciler says of one order, payment or object at Stripe. */
export async function findingsOf(mesh: StartedPayments, ...ids: string[]): Promise<string[]> {
  const since = new Date(Date.now() - 600_000);
  const { findings } = await mesh.operator.reconcile({ since });
  return findings
    .filter((one) => [one.orderId, one.paymentId, one.reference].some((id) => ids.includes(id)))
    .map(inOneLine);
}

export function inOneLine({ kind, expected, found, repaired }: ReconcileFinding): string {
  const names = Object.entries(ReconcileFinding_Kind);
  const name = names.find(([, value]) => value === kind)?.[0];
  return [name, expected, found, repaired ? "repaired" : "left"].join(" | ");
}
