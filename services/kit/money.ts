// Money in whole minor units. Pure; no float ever.
import { Fault } from "./errors.ts";

export interface Money {
  /** ISO 4217, upper case. */
  readonly currency: string;
  /** In the currency's minor unit: cents for USD, yen for JPY. */
  readonly amount: bigint;
}

/** What fits int64, in which money travels and is stored. */
const maxAmount = 2n ** 63n - 1n;

export function add(first: Money, ...rest: readonly Money[]): Money {
  return rest.reduce((sum, { currency, amount }) => {
    if (currency !== sum.currency) {
      throw new Fault("MIXED_CURRENCIES", `${sum.currency} and ${currency} do not add up`);
    }
    return { currency, amount: within(sum.amount + amount) };
  }, first);
}

export function multiply({ currency, amount }: Money, factor: bigint | number): Money {
  return { currency, amount: within(amount * BigInt(factor)) };
}

function within(amount: bigint): bigint {
  if (amount > maxAmount || amount < -maxAmount) {
    throw new Fault("INVALID_FIELD", "the amount is too large", {
      violations: [{ field: "amount", rule: "int64.range", message: "is too large" }],
    });
  }
  return amount;
}

/** `allocate` of money. */
export function divide({ currency, amount }: Money, weights: readonly bigint[]): Money[] {
  return allocate(amount, weights).map((part) => ({ currency, amount: part }));
}

/**
 * Divides by weights without losing a unit: whole parts first, then one unit each by largest
 * remainder, the first of equals first.
 */
export function allocate(amount: bigint, weights: readonly bigint[]): bigint[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0n);
  if (weights.some((weight) => weight < 0n) || (total === 0n && amount !== 0n)) {
    throw new RangeError("weights are not negative and not all zero");
  }
  if (total === 0n) {
    return weights.map(() => 0n);
  }
  const sign = amount < 0n ? -1n : 1n;
  const units = amount * sign;
  const parts = weights.map((weight, index) => ({
    index,
    whole: (units * weight) / total,
    remainder: (units * weight) % total,
  }));
  const left = units - parts.reduce((sum, { whole }) => sum + whole, 0n);
  const first = parts.toSorted((one, other) => {
    const difference = other.remainder - one.remainder;
    return difference === 0n ? one.index - other.index : difference > 0n ? 1 : -1;
  });
  const lucky = new Set(first.slice(0, Number(left)).map(({ index }) => index));
  return parts.map(({ index, whole }) => sign * (whole + (lucky.has(index) ? 1n : 0n)));
}

/** ISO 4217's minor units where they are not 2. */
const exponents: Readonly<Record<string, number>> = {
  ...Object.fromEntries(
    ["BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI"]
      .concat("VND", "VUV", "XAF", "XOF", "XPF")
      .map((currency) => [currency, 0]),
  ),
  ...Object.fromEntries(
    ["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"].map((currency) => [currency, 3]),
  ),
  CLF: 4,
  UYW: 4,
};

/** How many decimal places of a currency its minor unit is: USD 2, JPY 0, KWD 3. */
export function exponentOf(currency: string): number {
  return exponents[currency] ?? 2;
}

/** For people: 1999 USD → `19.99 USD`. */
export function format({ currency, amount }: Money): string {
  const exponent = exponentOf(currency);
  const sign = amount < 0n ? "-" : "";
  const digits = String(amount < 0n ? -amount : amount).padStart(exponent + 1, "0");
  const whole = digits.slice(0, digits.length - exponent);
  const fraction = digits.slice(digits.length - exponent);
  return `${sign}${whole}${fraction && `.${fraction}`} ${currency}`;
}
