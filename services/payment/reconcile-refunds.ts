// The provider's refunds, transfers and disputes against ours.
import { openDisputes } from "./dispute-store.ts";
import { type Finding, finding, inWords, repair } from "./reconcile-finding.ts";
import type { Look } from "./reconcile-look.ts";
import type { ListedRefund, ListedTransfer } from "./reconcile-provider.ts";
import { paymentsByIntents, payoutsByIds, refundsByIds } from "./reconcile-store.ts";

export async function checkRefunds(
  look: Look,
  refunds: readonly ListedRefund[],
): Promise<Finding[]> {
  const known = await refundsByIds(
    look.db,
    refunds.map(({ refundId }) => refundId),
  );
  const payments = await paymentsByIntents(
    look.db,
    refunds.map(({ intentId }) => intentId),
  );
  const findings: Finding[] = [];
  for (const told of refunds) {
    const payment = payments.get(told.intentId);
    const currency = payment?.currency ?? "";
    const about = { orderId: payment?.orderId ?? "", paymentId: payment?.id ?? "" };
    const found = `${told.status} ${inWords(told.amount, currency)}`.trim();
    const refund = known.get(told.refundId);
    if (!refund) {
      if (told.status !== "failed") {
        findings.push(finding("REFUND_UNKNOWN", { ...about, reference: told.id, found }));
      }
      continue;
    }
    const expected = `${refund.status} ${inWords(refund.amount, currency)}`;
    const differs = { ...about, reference: told.id, expected, found };
    if (refund.amount !== told.amount) {
      findings.push(finding("AMOUNT_DIFFERS", differs));
    } else if (refund.status !== told.status) {
      const { repaired, why } = await repair(
        async () => (await look.refunding.settle(refund.id, look.origin)).status === told.status,
      );
      findings.push(finding("REFUND_UNSETTLED", { ...differs, found: found + why, repaired }));
    }
  }
  return findings;
}

export async function checkTransfers(
  look: Look,
  transfers: readonly ListedTransfer[],
): Promise<Finding[]> {
  const known = await payoutsByIds(
    look.db,
    transfers.map(({ payoutId }) => payoutId),
  );
  const findings: Finding[] = [];
  for (const told of transfers) {
    const payout = known.get(told.payoutId);
    const found = inWords(told.amount, payout?.currency ?? "").trim();
    if (!payout) {
      findings.push(finding("TRANSFER_UNKNOWN", { reference: told.id, found }));
      continue;
    }
    const expected = `${payout.status} ${inWords(payout.amount, payout.currency)}`;
    const differs = { reference: told.id, expected, found };
    if (payout.amount !== told.amount) {
      findings.push(finding("AMOUNT_DIFFERS", differs));
    } else if (payout.status !== "paid") {
      const { repaired, why } = await repair(
        async () => (await look.paying.settle(payout.id)).status === "paid",
      );
      findings.push(finding("PAYOUT_UNSETTLED", { ...differs, found: found + why, repaired }));
    }
  }
  return findings;
}

/** Each is read afresh; those that we know to be open too, as they may have ended since. */
export async function checkDisputes(look: Look, listed: readonly string[]): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const id of new Set([...listed, ...(await openDisputes(look.db))])) {
    let found: string | undefined;
    const { repaired, why } = await repair(async () => {
      found = await look.disputes.settle(id, look.origin);
      return true;
    });
    if (found !== undefined || !repaired) {
      findings.push(
        finding("DISPUTE_UNSETTLED", {
          reference: id,
          expected: found === "open" ? "nothing" : "open",
          found: (found ?? "not known") + why,
          repaired,
        }),
      );
    }
  }
  return findings;
}
