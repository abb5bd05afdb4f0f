// Finds what was left half done, asks Stripe how it ended, and records that; renews what is set
// aside and about to end. Never a charge.
import { randomBytes } from "node:crypto";
import { type Db, named } from "#kit/db.ts";
import type { Log } from "#kit/log.ts";
import { rounds } from "#kit/rounds.ts";
import type { Worker } from "#kit/service.ts";
import type { Charging } from "./charging.ts";
import { settleFees } from "./fees.ts";
import { takeLeftOpen } from "./holding.ts";
import { detachForgotten } from "./method-forgetting.ts";
import type { Paying } from "./payout-paying.ts";
import { pendingPayouts } from "./payout-store.ts";
import type { Provider } from "./provider.ts";
import type { Refunding } from "./refunding.ts";
import { renewAuthorizations } from "./renewing.ts";

export interface RecoveryDeps {
  readonly db: Db;
  readonly provider: Provider;
  readonly charging: Charging;
  readonly refunding: Refunding;
  readonly paying: Paying;
  readonly log: Log;
  /** Younger than this, a call may still be at it. */
  readonly afterMs?: number;
  /** How long before it ends an authorisation is renewed. */
  readonly renewBeforeMs?: number;
}

const EVERY_MS = 10_000;
const AFTER_MS = 60_000;
/** Of a refund that Stripe has not answered: the same key finds it, so nothing is lost by haste. */
const UNHEARD_AFTER_MS = 15_000;
const RENEW_BEFORE_MS = 24 * 3_600_000;

export function recovery(deps: RecoveryDeps): Worker {
  const failure = "the recovery could not look";
  return rounds({ everyMs: EVERY_MS, log: deps.log, failure }, () => recoverOnce(deps));
}

/** One round; what fails is tried again in a later one. */
export async function recoverOnce(deps: RecoveryDeps): Promise<void> {
  const { db, charging, refunding, paying, log } = deps;
  const before = new Date(Date.now() - (deps.afterMs ?? AFTER_MS));
  const unheardBefore = new Date(Date.now() - (deps.afterMs ?? UNHEARD_AFTER_MS));
  const origin = { traceparent: newTraceparent() };
  const attempt = (work: Promise<unknown>, what: object) =>
    work.catch((error) => log.warn({ err: error, ...what }, "not recovered yet"));

  for (const payment of await takeLeftOpen(db, before)) {
    await attempt(charging.settle(payment, origin), { paymentId: payment.id });
  }
  const pending = await db.query<{ id: string }>(selectPending([before, unheardBefore]));
  for (const { id } of pending.rows) {
    await attempt(refunding.settle(id, origin), { refundId: id });
  }
  for (const id of await pendingPayouts(db, before)) {
    await attempt(paying.settle(id), { payoutId: id });
  }
  await attempt(settleFees(deps, before), {});
  const { provider, renewBeforeMs = RENEW_BEFORE_MS } = deps;
  await attempt(renewAuthorizations({ db, provider, renewBeforeMs }, attempt), {});
  await attempt(detachForgotten({ db, provider }), {});
}

/** W3C trace context of work that no request asked for. */
function newTraceparent(): string {
  return `00-${randomBytes(16).toString("hex")}-${randomBytes(8).toString("hex")}-00`;
}

const selectPending = named(
  "payment.left-pending",
  `select id from refunds
    where status = 'pending'
      and updated_at < case when stripe_refund_id is null then $2::timestamptz else $1 end
    order by updated_at limit 200`,
);
