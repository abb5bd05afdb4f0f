/** The report as one page that needs nothing else. */
import { FAULTS, type FaultKind } from "./fault.ts";
import { missed } from "./figures.ts";
import { type Html, html, raw } from "./html.ts";
import type { RunResult } from "./run.ts";
import { countFaults, inMs, percent } from "./summary.ts";
import { timeline } from "./timeline.ts";

const STYLE = `
:root { color-scheme: light dark; --ink: #1d2330; --dim: #667085; --line: #d8dde6; --back: #fff;
  --soft: #f5f7fa; --ok: #2e9d63; --fail: #8a94a6; --info: #d9822b; --bad: #cf2f3c; --fault: #4b6bd6; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e9ef; --dim: #98a2b3; --line: #333a47;
  --back: #14171d; --soft: #1c2028; } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--back);
  max-width: 1180px; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; margin: 0 0 .25rem; } h2 { font-size: 1.15rem; margin: 2.5rem 0 .5rem; }
p { margin: .25rem 0; } .dim { color: var(--dim); }
table { border-collapse: collapse; width: 100%; margin: .75rem 0; font-size: .93rem; }
th, td { text-align: left; vertical-align: top; padding: .35rem .6rem; border-bottom: 1px solid var(--line); }
th { font-weight: 600; color: var(--dim); } td.n { text-align: right; white-space: nowrap; }
.holds { color: var(--ok); font-weight: 600; } .broken { color: var(--bad); font-weight: 600; }
details summary { cursor: pointer; color: var(--dim); }
pre { white-space: pre-wrap; overflow-wrap: anywhere; background: var(--soft); padding: .6rem; margin: .4rem 0;
  font-size: .8rem; border-radius: 4px; }
svg { width: 100%; height: auto; background: var(--soft); border-radius: 6px; }
svg text { font: 11px system-ui, sans-serif; fill: var(--dim); }
.facts { display: flex; flex-wrap: wrap; gap: .25rem 1.75rem; } .facts b { font-variant-numeric: tabular-nums; }
`;

export function page(results: readonly RunResult[]): string {
  const wrong = results.filter(({ verdicts }) => verdicts.some(({ count }) => count > 0));
  const faults = results.reduce((sum, { happened }) => sum + happened.length, 0);
  const verdict = wrong.length === 0 ? "Everything holds" : `${wrong.length} runs are broken`;
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Chaos report: ${verdict}</title><style>${raw(STYLE)}</style></head><body>
<h1>Chaos report</h1>
<p class="${wrong.length === 0 ? "holds" : "broken"}">${verdict}</p>
<p class="dim">${results.length} runs, ${faults} faults, written ${new Date().toISOString()}.
Faults F8 (clocks) and F9 (disk full) are not part of these runs.</p>
${results.map(runOf)}
</body></html>
`.toString();
}

function runOf(result: RunResult): Html {
  const { seed, seconds, figures, quiet, verdicts, happened } = result;
  const { operations, ok, fail, info, unknown } = figures;
  const facts: readonly (readonly [string, string])[] = [
    ["operations", String(operations)],
    ["ok", String(ok)],
    ["refused", String(fail)],
    ["unknown at first", String(info)],
    ["never known", String(unknown)],
    ["worst recovery", inMs(figures.worstRecoveryMs)],
    ["quiet after the last fault", inMs(quiet.ms)],
    ["known at once outside of faults", percent(figures.outside)],
    ["placements while Kafka was away", percent(figures.duringKafkaOutage)],
    ["one of two killed", percent(figures.oneInstanceKilled)],
    ["worst gap then", inMs(figures.oneInstanceKilled.worstGapMs)],
  ];
  const floors = missed(figures);
  const counts = Object.entries(countFaults(result)).sort(([a], [b]) => a.localeCompare(b));
  return html`<h2>Seed ${seed}, ${seconds} s, ${result.capture}</h2>
<div class="facts">${facts.map(([name, value]) => html`<span>${name} <b>${value}</b></span>`)}</div>
${floors.length > 0 ? html`<p class="dim">Below their floor: ${floors.join("; ")}.</p>` : ""}
${raw(timeline(result))}
<p class="dim">${counts.map(([kind, n]) => `${n} × ${kind} ${FAULTS[kind as FaultKind]}`).join(", ")}</p>
<table><thead><tr><th>Invariant</th><th>Query</th><th class="n">Count</th><th>Verdict</th></tr></thead>
<tbody>${verdicts.map(
    ({ id, name, query, count, counterexamples }) => html`<tr><td><b>${id}</b> ${name}</td>
<td><details><summary>what is read, what must hold</summary><pre>${query}</pre></details>
${count > 0 ? html`<pre>${counterexamples.map((one) => text(one)).join("\n")}</pre>` : ""}</td>
<td class="n">${String(count)}</td>
<td class="${count > 0 ? "broken" : "holds"}">${count > 0 ? "violated" : "holds"}</td></tr>`,
  )}</tbody></table>
<details><summary>Every fault</summary><table><thead><tr><th>At</th><th>For</th><th>Fault</th>
<th>Recovered after</th></tr></thead><tbody>${happened.map(
    ({ kind, what, from, to }, at) => html`<tr><td class="n">${(from / 1_000).toFixed(1)} s</td>
<td class="n">${to === undefined ? "" : `${((to - from) / 1_000).toFixed(1)} s`}</td>
<td>${kind} ${what}</td><td class="n">${inMs(figures.recoveries[at]?.ms)}</td></tr>`,
  )}</tbody></table></details>`;
}

function text(value: unknown): string {
  return JSON.stringify(value, (_, one) => (typeof one === "bigint" ? String(one) : one));
}
