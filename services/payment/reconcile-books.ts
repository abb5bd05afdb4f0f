// The provider's balance against the books, both ways.
import { type Finding, finding, inWords } from "./reconcile-finding.ts";
import type { Look } from "./reconcile-look.ts";
import type { ListedMovement } from "./reconcile-provider.ts";
import { type BookedHere, bookedSince, cashOf } from "./reconcile-store.ts";

/** Those of charges are compared with their intents; what else there is, is not about orders. */
const OURS = /^(re|pyr|tr|trr|dp|du)_/;
const DISPUTE = /^(dp|du)_/;

/**
 * Compares the sum by what moved it, as a refund that failed moves the balance twice. Answers what
 * differs once all pages have been added.
 */
export function movementsCheck(look: Look) {
  const differing = new Map<string, { net: bigint; booked: bigint }>();
  return {
    async add(movements: readonly ListedMovement[]): Promise<void> {
      const nets = new Map<string, bigint>();
      for (const { id, source, amount, fee } of movements) {
        if (OURS.test(source)) {
          const reference = DISPUTE.test(source) ? id : source;
          nets.set(reference, (nets.get(reference) ?? 0n) + amount - fee);
        }
      }
      const cash = await cashOf(look.db, [...nets.keys()]);
      for (const [reference, net] of nets) {
        const booked = cash.get(reference) ?? 0n;
        const before = differing.get(reference);
        if (net !== booked || before) {
          differing.set(reference, { net: (before?.net ?? 0n) + net, booked });
        }
      }
    },
    findings: (reported: ReadonlySet<string>): Finding[] =>
      [...differing]
        .filter(([reference, { net, booked }]) => net !== booked && !reported.has(reference))
        .map(([reference, { net, booked }]) =>
          finding("NOT_BOOKED", { reference, expected: String(booked), found: String(net) }),
        ),
  };
}

const MISSING = {
  charge: { kind: "CHARGE_MISSING", what: "intent" },
  refund: { kind: "REFUND_MISSING", what: "refund" },
  payout_paid: { kind: "TRANSFER_MISSING", what: "transfer" },
} as const;

/** What is booked and was not in the provider's lists: made before them, or not there at all. */
export async function checkBooked(look: Look, listed: ReadonlySet<string>): Promise<Finding[]> {
  const findings: Finding[] = [];
  let page: BookedHere[] = [];
  do {
    page = await bookedSince(look.db, look.since, look.until, page.at(-1));
    for (const { kind, reference, orderId, paymentId, cash, currency } of page) {
      const { kind: missing, what } = MISSING[kind];
      if (!listed.has(reference) && !(await look.provider.has(what, reference))) {
        const expected = inWords(cash, currency);
        findings.push(
          finding(missing, {
            orderId: orderId ?? "",
            paymentId: paymentId ?? "",
            reference,
            expected,
          }),
        );
      }
    }
  } while (page.length > 0);
  return findings;
}
