// Compares the provider's own lists with payments, the books and the orders; repairs what is safe.
import { randomBytes } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { settleFees } from "./fees.ts";
import type { Payment } from "./payment.ts";
import { checkBooked, movementsCheck } from "./reconcile-books.ts";
import { checkIntents } from "./reconcile-charges.ts";
import type { Finding } from "./reconcile-finding.ts";
import type { Look } from "./reconcile-look.ts";
import { checkOrders, type Orders } from "./reconcile-orders.ts";
import type { Pages } from "./reconcile-provider.ts";
import { checkDisputes, checkRefunds, checkTransfers } from "./reconcile-refunds.ts";
import { paymentsAfter, paymentsByIds } from "./reconcile-store.ts";

export interface ReconcileDeps extends Omit<Look, "origin" | "since" | "until"> {
  readonly orders: Orders;
  /** What is younger may still be under way. */
  readonly graceMs?: number;
  /** An order that does not fit its payment is looked at again after this: its saga may be at it. */
  readonly secondLookMs?: number;
}

export interface Reconciled {
  readonly findings: readonly Finding[];
  /** What was looked at: payments, and objects at the provider. */
  readonly payments: number;
  readonly objects: number;
}

const GRACE_MS = 60_000;
const SECOND_LOOK_MS = 5_000;

/** Whoever runs it and however many at once: what it changes, a webhook would have changed. */
export async function reconcile(deps: ReconcileDeps, since: Date): Promise<Reconciled> {
  const { provider, graceMs = GRACE_MS } = deps;
  const until = new Date(Date.now() - graceMs);
  const origin = { traceparent: newTraceparent() };
  const look: Look = { ...deps, origin, since, until };
  const listed = new Set<string>();
  const findings: Finding[] = [];

  async function each<T>(
    pages: Pages<T>,
    check: (page: readonly T[]) => Promise<readonly Finding[]>,
  ): Promise<void> {
    for await (const page of pages) {
      for (const one of page) {
        listed.add(idOf(one));
      }
      const old = page.filter((one) => madeBefore(one, until));
      findings.push(...(old.length > 0 ? ((await check(old)) ?? []) : []));
    }
  }

  await each(provider.intentsSince(since), (page) => checkIntents(look, page));
  await each(provider.refundsSince(since), (page) => checkRefunds(look, page));
  await each(provider.transfersSince(since), (page) => checkTransfers(look, page));
  const disputes: string[] = [];
  await each(provider.disputesSince(since), async (page) => {
    disputes.push(...page);
    return [];
  });
  findings.push(...(await checkDisputes(look, disputes)));
  await settleFees(look, until);
  const movements = movementsCheck(look);
  await each(provider.movementsSince(since), async (page) => {
    await movements.add(page);
    return [];
  });
  findings.push(...movements.findings(new Set(findings.map(({ reference }) => reference))));
  findings.push(...(await checkBooked(look, listed)));
  const orders = await checkAllOrders(deps, look);
  findings.push(...orders.findings);
  return { findings, payments: orders.payments, objects: listed.size };
}

async function checkAllOrders(
  { orders, secondLookMs = SECOND_LOOK_MS }: ReconcileDeps,
  { db, since, until, origin }: Look,
): Promise<{ readonly findings: readonly Finding[]; readonly payments: number }> {
  const doubtful: Payment[] = [];
  let count = 0;
  let page: Payment[] = [];
  let after = firstIdOf(since);
  do {
    page = await paymentsAfter(db, after);
    after = page.at(-1)?.id ?? after;
    count += page.length;
    const old = page.filter(({ createTime }) => createTime <= until);
    const found = await checkOrders(orders, old, origin.traceparent);
    const ids = new Set(found.map(({ paymentId }) => paymentId));
    doubtful.push(...old.filter(({ id }) => ids.has(id)));
  } while (page.length > 0);
  if (doubtful.length === 0) {
    return { findings: [], payments: count };
  }
  await delay(secondLookMs);
  const findings: Finding[] = [];
  for (let from = 0; from < doubtful.length; from += 100) {
    const again = await paymentsByIds(
      db,
      doubtful.slice(from, from + 100).map(({ id }) => id),
    );
    findings.push(...(await checkOrders(orders, again, origin.traceparent)));
  }
  return { findings, payments: count };
}

function idOf(one: unknown): string {
  return typeof one === "string" ? one : (one as { readonly id: string }).id;
}

function madeBefore(one: unknown, until: Date): boolean {
  return typeof one === "string" || (one as { readonly created: Date }).created <= until;
}

/** No UUIDv7 that was made since then is smaller. */
function firstIdOf(since: Date): string {
  const hex = Math.max(since.getTime(), 0).toString(16).padStart(12, "0");
  return `${hex.slice(0, 8)}-${hex.slice(8)}`;
}

/** W3C trace context of work that no request asked for. */
function newTraceparent(): string {
  return `00-${randomBytes(16).toString("hex")}-${randomBytes(8).toString("hex")}-00`;
}
