import { invalidField } from "#kit/errors.ts";
import { divide } from "#kit/money.ts";
import type { Share } from "./payment.ts";

interface AskedShare {
  readonly merchantId: string;
  readonly amount?: { readonly currencyCode: string; readonly amount: bigint } | undefined;
}

/** The shares of a charge, those of nothing left out. They sum to it, one for each merchant. */
export function sharesOf(
  asked: readonly AskedShare[],
  { currency, amount }: { readonly currency: string; readonly amount: bigint },
): Share[] {
  const merchants = new Set<string>();
  let sum = 0n;
  for (const [index, share] of asked.entries()) {
    const field = `shares[${index}]`;
    if (merchants.has(share.merchantId)) {
      throw invalidField(`${field}.merchantId`, "must not be named twice", "shares.unique");
    }
    merchants.add(share.merchantId);
    if (share.amount?.currencyCode !== currency) {
      throw invalidField(`${field}.amount.currencyCode`, "must be the amount's", "shares.currency");
    }
    if (share.amount.amount < 0n) {
      throw invalidField(`${field}.amount.amount`, "must not be negative", "shares.gte");
    }
    sum += share.amount.amount;
  }
  if (sum !== amount) {
    throw invalidField("shares", `must sum to the amount ${amount}, not ${sum}`, "shares.sum");
  }
  return asked.flatMap(({ merchantId, amount: part }) =>
    part && part.amount > 0n ? [{ merchantId, amount: part.amount }] : [],
  );
}

/**
 * Takes a refund from what is left of each share: as it was said, and where less is left than
 * that, the rest from the others; by largest remainder if nothing was said.
 */
export function takeShares(
  left: readonly Share[],
  amount: bigint,
  said: readonly Share[] | undefined,
): { readonly parts: Share[]; readonly left: Share[] } {
  const wanted = new Map(said?.map((share) => [share.merchantId, share.amount]));
  const taken = left.map(({ merchantId, amount: has }) => {
    const part = wanted.get(merchantId) ?? 0n;
    return { merchantId, amount: part < has ? part : has };
  });
  const rest = left.map(({ merchantId, amount: has }, index) => ({
    merchantId,
    amount: has - (taken[index] as Share).amount,
  }));
  const missing = amount - taken.reduce((sum, share) => sum + share.amount, 0n);
  if (missing === 0n) {
    return { parts: taken.filter(isSome), left: rest.filter(isSome) };
  }
  const divided = divideRefund(rest, missing);
  const more = new Map(divided.parts.map((share) => [share.merchantId, share.amount]));
  const parts = taken.map(({ merchantId, amount: part }) => ({
    merchantId,
    amount: part + (more.get(merchantId) ?? 0n),
  }));
  return { parts: parts.filter(isSome), left: divided.left };
}

function isSome({ amount }: Share): boolean {
  return amount > 0n;
}

/**
 * Divides a refund over what is left of each share, by largest remainder. No part exceeds what
 * is left, so partial refunds of a whole charge leave nothing anywhere, whatever their sizes.
 */
export function divideRefund(
  left: readonly Share[],
  amount: bigint,
): { readonly parts: Share[]; readonly left: Share[] } {
  const weights = left.map((share) => share.amount);
  const divided = divide({ currency: "", amount }, weights).map(({ amount: part }, index) => {
    const { merchantId, amount: had } = left[index] as Share;
    return { merchantId, part, rest: had - part };
  });
  return {
    parts: divided.flatMap(({ merchantId, part }) =>
      part > 0n ? [{ merchantId, amount: part }] : [],
    ),
    left: divided.flatMap(({ merchantId, rest }) =>
      rest > 0n ? [{ merchantId, amount: rest }] : [],
    ),
  };
}
