/** `90s`, `15m`, `24h`, `7d` in milliseconds; nothing for what is no such duration above 0. */
export function durationMs(text: string): number | undefined {
  const [, count, unit] = /^([1-9]\d{0,5})(s|m|h|d)$/.exec(text) ?? [];
  return unit === undefined ? undefined : Number(count) * (UNITS[unit] ?? 0);
}

const UNITS: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};
