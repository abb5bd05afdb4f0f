// A new authorisation in the place of one that is about to end. Two intents may be authorised for
// a while, and never two captured: Capture takes the payment's own intent only, that changes here
// under a lock and not once a Capture has begun, and the other one is voided until Stripe says so.
import type { Db } from "#kit/db.ts";
import type { IntentState } from "./intent.ts";
import { OutcomeUnknown, type Provider, Refused, withKeys } from "./provider.ts";
import {
  failRenewal,
  isWanted,
  openRenewals,
  type Renewal,
  renewalsUnderWay,
  storeRenewalIntent,
  takeRenewal,
  voidedRenewal,
} from "./renewal-store.ts";

export interface RenewingDeps {
  readonly db: Db;
  readonly provider: Provider;
  /** How long before it ends an authorisation is renewed. */
  readonly renewBeforeMs: number;
}

/**
 * Goes on with every renewal, and begins those that are due; only a method that is saved can be
 * charged without its person. `attempt` takes what fails: a later round goes on there.
 */
export async function renewAuthorizations(
  { db, provider, renewBeforeMs }: RenewingDeps,
  attempt: (work: Promise<unknown>, what: object) => Promise<unknown>,
): Promise<void> {
  await openRenewals(db, new Date(Date.now() + renewBeforeMs));
  for (const renewal of await renewalsUnderWay(db)) {
    const { paymentId, generation } = renewal;
    await attempt(renew(db, provider, renewal), { paymentId, generation });
  }
}

async function renew(db: Db, provider: Provider, renewal: Renewal): Promise<void> {
  const over = renewal.status === "open" ? await authorize(db, provider, renewal) : renewal;
  if (over.status === "open") {
    return;
  }
  const useless = over.status === "taken" ? over.replaces : over.intentId;
  if (useless !== undefined) {
    await voidIntent(provider, over, useless);
  }
  await voidedRenewal(db, over);
}

async function authorize(db: Db, provider: Provider, renewal: Renewal): Promise<Renewal> {
  const { payment } = renewal;
  if (!isWanted(renewal, payment)) {
    return failRenewal(db, renewal, "");
  }
  const key = `${payment.orderId}/renew-${renewal.generation}`;
  try {
    const known =
      renewal.intentId === undefined ? await create(db, provider, renewal, key) : renewal;
    const { intentId } = known;
    if (known.status !== "open" || intentId === undefined) {
      return known;
    }
    const { state } = await withKeys(
      `${key}/confirm`,
      (attemptKey) => provider.confirmIntent(intentId, attemptKey, "nobody"),
      async () => {
        const found = await provider.readIntent(intentId);
        return found.state.kind === "untried" ? undefined : found;
      },
    );
    return state.kind === "authorized"
      ? takeRenewal(db, known, state.captureBefore)
      : failRenewal(db, known, declineOf(state));
  } catch (error) {
    if (error instanceof Refused) {
      return failRenewal(db, renewal, error.code);
    }
    throw error;
  }
}

/** Its id is stored before it is ever confirmed; one that is not stored charges nothing. */
async function create(db: Db, provider: Provider, renewal: Renewal, key: string): Promise<Renewal> {
  const { payment } = renewal;
  const intent = await withKeys(
    `${key}/create`,
    (attemptKey) => provider.createIntent({ ...payment, paymentId: payment.id }, attemptKey),
    async () => undefined,
  );
  return storeRenewalIntent(db, renewal, intent.id);
}

function declineOf(state: IntentState): string {
  switch (state.kind) {
    case "declined":
      return state.declineCode;
    case "needsPerson":
      return "authentication_required";
    case "cancelled":
      return state.declineCode ?? "";
    default:
      throw new OutcomeUnknown("renewing an authorisation");
  }
}

async function voidIntent(provider: Provider, renewal: Renewal, intentId: string): Promise<void> {
  const { state } = await withKeys(
    `${renewal.payment.orderId}/renew-${renewal.generation}/void`,
    (key) => provider.cancelIntent(intentId, key, "undone"),
    async () => {
      const found = await provider.readIntent(intentId);
      return found.state.kind === "cancelled" ? found : undefined;
    },
  );
  if (state.kind !== "cancelled") {
    throw new Error(`intent ${intentId} is ${state.kind}, and was to be voided`);
  }
}
