/** A run as a picture: operations by their outcome each half second, faults as bars below. */
import { FAULTS } from "./fault.ts";
import type { RunResult } from "./run.ts";

const WIDTH = 1_120;
const LEFT = 56;
const TOP = 14;
const HEIGHT = 150;
const BAR = 13;
const BIN_MS = 500;
const KINDS = Object.keys(FAULTS);
const OUTCOMES = [
  ["ok", "var(--ok)"],
  ["fail", "var(--fail)"],
  ["info", "var(--info)"],
] as const;

export function timeline({ entries, happened, figures }: RunResult): string {
  const last = Math.max(1_000, ...entries.map(({ to, from }) => to ?? from));
  const x = (ms: number) => LEFT + (Math.min(ms, last) / last) * (WIDTH - LEFT - 10);
  const bins = Array.from({ length: Math.ceil(last / BIN_MS) + 1 }, () => ({
    ok: 0,
    fail: 0,
    info: 0,
  }));
  for (const { to, outcome } of entries) {
    const bin = to === undefined ? undefined : bins[Math.floor(to / BIN_MS)];
    if (bin && outcome) {
      bin[outcome] += 1;
    }
  }
  const most = Math.max(1, ...bins.map(({ ok, fail, info }) => ok + fail + info));
  const width = Math.max(0.5, x(BIN_MS) - x(0) - 0.4).toFixed(2);
  const columns = bins.flatMap((bin, at) => {
    let base = TOP + HEIGHT;
    return OUTCOMES.map(([name, colour]) => {
      const height = (bin[name] / most) * HEIGHT;
      base -= height;
      return height === 0
        ? ""
        : `<rect x="${x(at * BIN_MS).toFixed(1)}" y="${base.toFixed(1)}" width="${width}" ` +
            `height="${height.toFixed(1)}" fill="${colour}"/>`;
    });
  });
  const rowOf = (kind: string) => TOP + HEIGHT + 26 + KINDS.indexOf(kind) * (BAR + 5);
  const bars = happened.map(({ kind, what, from, to }, at) => {
    const length = Math.max(2, x(to ?? last) - x(from)).toFixed(1);
    const ms = figures.recoveries[at]?.ms;
    const recovered =
      ms === undefined || to === undefined
        ? ""
        : `<rect x="${x(to).toFixed(1)}" y="${rowOf(kind) + BAR / 2 - 1.5}" height="3" ` +
          `width="${Math.max(1, x(to + ms) - x(to)).toFixed(1)}" fill="var(--info)"/>`;
    const title = `${(from / 1_000).toFixed(1)} s: ${what}`.replaceAll("&", "&amp;");
    return (
      `<g><title>${title}</title><rect x="${x(from).toFixed(1)}" y="${rowOf(kind)}" rx="2" ` +
      `width="${length}" height="${BAR}" fill="var(--fault)"/>${recovered}</g>`
    );
  });
  const names = KINDS.map((kind) => `<text x="8" y="${rowOf(kind) + 10}">${kind}</text>`);
  const bottom = TOP + HEIGHT + 26 + KINDS.length * (BAR + 5) + 8;
  const step = last > 120_000 ? 30_000 : 10_000;
  const ticks = Array.from({ length: Math.floor(last / step) + 1 }, (_, at) => {
    const where = x(at * step).toFixed(1);
    return (
      `<line x1="${where}" x2="${where}" y1="${TOP}" y2="${bottom}" stroke="var(--line)"/>` +
      `<text x="${where}" y="${TOP + HEIGHT + 15}">${(at * step) / 1_000} s</text>`
    );
  });
  const legend = OUTCOMES.map(
    ([name, colour], at) =>
      `<rect x="${LEFT + at * 62}" y="2" width="9" height="9" fill="${colour}"/>` +
      `<text x="${LEFT + 13 + at * 62}" y="10">${name}</text>`,
  );
  return (
    `<svg viewBox="0 0 ${WIDTH} ${bottom}" role="img" aria-label="Operations and faults">` +
    `${ticks.join("")}${columns.flat().join("")}${bars.join("")}${names.join("")}` +
    `<text x="8" y="${TOP + 8}">${most * 2}/s</text>${legend.join("")}</svg>`
  );
}
