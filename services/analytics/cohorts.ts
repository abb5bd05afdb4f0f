/** Buyers by the month of their first order, and what became of them since. Pure. */
import { invalidField } from "#kit/errors.ts";
import { type Asked, type Range, timeOf } from "./grains.ts";
import { together } from "./together.ts";

/** What somebody has spent in one month; amounts in the currency's minor unit. */
interface Spent {
  readonly month: Date;
  readonly currency: string;
  readonly amount: bigint;
}

/** Somebody who bought of one merchant, or (merchant "") of any. */
export interface Buyer {
  readonly merchantId: string;
  readonly userId: string;
  readonly spent: readonly Spent[];
}

/** Of those who first bought in `firstMonth`, who bought in `month`; currency "": in any. */
export interface Cohort {
  readonly merchantId: string;
  readonly firstMonth: Date;
  readonly month: Date;
  readonly currency: string;
  readonly buyers: number;
  readonly spent: bigint;
}

const MAX_MONTHS = 24;
const BY_DEFAULT = 12;

export function monthOf(time: Date): Date {
  return monthsAfter(time, 0);
}

/** The months that a request asks for; twelve where it does not say. */
export function monthsOf(asked: Asked, now: Date): Range {
  const to = timeOf("to", asked.to ?? now);
  const last = monthOf(new Date(to.getTime() - 1));
  const from = timeOf("from", asked.from ?? monthsAfter(last, 1 - BY_DEFAULT));
  if (from > to) {
    throw invalidField("from", "must not be later than to", "range.order");
  }
  if (from <= monthsAfter(last, -MAX_MONTHS)) {
    const message = `must leave no more than ${MAX_MONTHS} months before to`;
    throw invalidField("from", message, "range.length");
  }
  return { from, to };
}

/** Buyers with what they have spent, those of `known` and more of it. */
export function withMore(known: readonly Buyer[], more: readonly Buyer[]): Buyer[] {
  const key = ({ merchantId, userId }: Buyer) => `${merchantId} ${userId}`;
  return together([...known, ...more], key, (a, b) => ({
    ...a,
    spent: together([...a.spent, ...b.spent], monthAndCurrency, (x, y) => ({
      ...x,
      amount: x.amount + y.amount,
    })),
  }));
}

/**
 * What cohorts gain by buyers who were `before` and are `after`. Who is heard to have bought earlier
 * than was known moves to another one, with all that was ever spent.
 */
export function gained(before: readonly Buyer[], after: readonly Buyer[]): Cohort[] {
  const all = [
    ...before.flatMap((buyer) => cohortsOf(buyer, -1)),
    ...after.flatMap((buyer) => cohortsOf(buyer, 1)),
  ];
  const key = ({ merchantId, firstMonth, ...one }: Cohort) =>
    `${merchantId} ${firstMonth.getTime()} ${monthAndCurrency(one)}`;
  return together(all, key, (a, b) => ({
    ...a,
    buyers: a.buyers + b.buyers,
    spent: a.spent + b.spent,
  })).filter(({ buyers, spent }) => buyers !== 0 || spent !== 0n);
}

function cohortsOf({ merchantId, spent }: Buyer, sign: 1 | -1): Cohort[] {
  const firstMonth = new Date(Math.min(...spent.map(({ month }) => month.getTime())));
  const months = new Set(spent.map(({ month }) => month.getTime()));
  const inAny = [...months].map((month) => ({
    merchantId,
    firstMonth,
    month: new Date(month),
    currency: "",
    buyers: sign,
    spent: 0n,
  }));
  const inEach = spent.map(({ month, currency, amount }) => ({
    merchantId,
    firstMonth,
    month,
    currency,
    buyers: sign,
    spent: BigInt(sign) * amount,
  }));
  return [...inAny, ...inEach];
}

function monthsAfter(time: Date, months: number): Date {
  return new Date(Date.UTC(time.getUTCFullYear(), time.getUTCMonth() + months));
}

function monthAndCurrency({ month, currency }: Pick<Spent, "month" | "currency">): string {
  return `${month.getTime()} ${currency}`;
}
