/** Amounts and times as their reader writes them. Pure. */
import { exponentOf } from "#kit/money.ts";
import type { Amount } from "./kinds.ts";
import { formatLocaleOf, type Reader } from "./locale.ts";

export interface Formats {
  /** `$24.97`: exact, because the amount never becomes a floating-point number. */
  readonly money: (amount: Amount | undefined) => string | undefined;
  readonly count: (number: number | undefined) => string | undefined;
  /** `November 21, 2026, 7:12 PM UTC` */
  readonly time: (time: Date) => string;
}

/** Making a format takes longer than all else that an event costs. */
const numbers = keeping<Intl.NumberFormat>();
const times = keeping<Intl.DateTimeFormat>();

export function formatsOf({ locale: tag, timeZone }: Reader): Formats {
  const locale = formatLocaleOf(tag);
  return {
    money: (amount) => amount && moneyIn(locale, amount),
    count: (number) =>
      number === undefined
        ? undefined
        : numbers(locale, () => new Intl.NumberFormat(locale)).format(number),
    time(time) {
      // Apart, since what stands between the two changes with ICU's release.
      const day = times(
        `day ${locale} ${timeZone}`,
        () => new Intl.DateTimeFormat(locale, { timeZone, dateStyle: "long" }),
      );
      const clock = times(`clock ${locale} ${timeZone}`, () => clockOf(locale, timeZone));
      return `${day.format(time)}, ${clock.format(time)}`;
    },
  };
}

function moneyIn(locale: string, { currency, minor }: Amount): string {
  const digits = exponentOf(currency);
  const text = minor.toString().padStart(digits + 1, "0");
  const whole = digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`;
  const format = numbers(
    `${locale} ${currency}`,
    () =>
      // The digits are ISO 4217's, not ICU's.
      new Intl.NumberFormat(locale, {
        style: "currency",
        currency,
        minimumFractionDigits: digits,
        maximumFractionDigits: digits,
      }),
  );
  return format.format(whole as `${number}`);
}

function clockOf(locale: string, timeZone: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat(locale, {
    timeZone,
    hour: "numeric",
    minute: "2-digit",
    timeZoneName: "short",
  });
}

/** Of what people may choose there is more than is to be kept. */
const MOST = 1_000;

function keeping<Format>(): (key: string, make: () => Format) => Format {
  const kept = new Map<string, Format>();
  return (key, make) => {
    const known = kept.get(key);
    if (known) {
      return known;
    }
    const made = make();
    if (kept.size < MOST) {
      kept.set(key, made);
    }
    return made;
  };
}
