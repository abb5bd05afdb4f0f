// The provider's intents against payments and the books.
import { isOpen, type Payment } from "./payment.ts";
import { type Finding, finding, inWords, repair } from "./reconcile-finding.ts";
import type { Look } from "./reconcile-look.ts";
import type { ListedIntent } from "./reconcile-provider.ts";
import { cashOf, paymentsByIntents } from "./reconcile-store.ts";

type Succeeded = Extract<ListedIntent["state"], { kind: "succeeded" }>;

export async function checkIntents(
  look: Look,
  intents: readonly ListedIntent[],
): Promise<Finding[]> {
  const payments = await paymentsByIntents(
    look.db,
    intents.map(({ id }) => id),
  );
  const findings: Finding[] = [];
  for (const intent of intents) {
    const payment = payments.get(intent.id);
    if (payment && isOpen(payment.status) && isFurther(intent, payment)) {
      findings.push(await settled(look, payment, intent));
    }
  }
  // What was settled just now is compared as it is by now.
  const now = await paymentsByIntents(
    look.db,
    intents.map(({ id }) => id),
  );
  const cash = await cashOf(look.db, intents.flatMap(referencesOf));
  const reported = new Set(findings.map(({ reference }) => reference));
  return [
    ...findings,
    ...intents
      .filter(({ id }) => !reported.has(id))
      .flatMap((intent) => compared(intent, now.get(intent.id), cash)),
  ];
}

function isFurther({ state: { kind } }: ListedIntent, { status }: Payment): boolean {
  return (
    kind === "succeeded" ||
    kind === "cancelled" ||
    (kind === "authorized" && status !== "authorized")
  );
}

async function settled(look: Look, payment: Payment, intent: ListedIntent): Promise<Finding> {
  const { repaired, why } = await repair(async () => {
    const after = await look.charging.settle(payment, look.origin);
    return after.status !== payment.status;
  });
  return finding("CHARGE_UNSETTLED", {
    orderId: payment.orderId,
    paymentId: payment.id,
    reference: intent.id,
    expected: `${payment.status} ${inWords(payment.amount, payment.currency)}`,
    found: foundOf(intent) + why,
    repaired,
  });
}

function compared(
  intent: ListedIntent,
  payment: Payment | undefined,
  cash: ReadonlyMap<string, bigint>,
): Finding[] {
  const { state, id: reference, orderId } = intent;
  const found = foundOf(intent);
  if (!payment) {
    return state.kind === "succeeded"
      ? [finding("CHARGE_UNKNOWN", { orderId, reference, found })]
      : [];
  }
  const about = { orderId: payment.orderId, paymentId: payment.id, reference };
  const charged = inWords(payment.amount, payment.currency);
  const expected = `${payment.status} ${charged}`;
  if (state.kind !== "succeeded") {
    return payment.status === "succeeded"
      ? [finding("CHARGE_MISSING", { ...about, expected, found })]
      : [];
  }
  if (payment.status !== "succeeded") {
    return [finding("CHARGE_UNSETTLED", { ...about, expected, found })];
  }
  if (payment.amount !== intent.received || payment.currency !== intent.currency) {
    return [finding("AMOUNT_DIFFERS", { ...about, expected, found })];
  }
  const booked = bookedOf(intent.id, state, cash);
  const net = intent.received - (state.fee ?? 0n);
  return booked === net
    ? []
    : [
        finding("NOT_BOOKED", {
          ...about,
          expected: inWords(booked, payment.currency),
          found: inWords(net, payment.currency),
        }),
      ];
}

/** A fee that is not known yet is in neither. */
function bookedOf(
  intentId: string,
  { chargeId, fee }: Succeeded,
  cash: ReadonlyMap<string, bigint>,
): bigint {
  return (cash.get(intentId) ?? 0n) + (fee === undefined ? 0n : (cash.get(chargeId) ?? 0n));
}

function referencesOf({ id, state }: ListedIntent): string[] {
  return state.kind === "succeeded" ? [id, state.chargeId] : [];
}

function foundOf({ state, received, currency }: ListedIntent): string {
  return state.kind === "succeeded" ? `succeeded ${inWords(received, currency)}` : state.kind;
}
