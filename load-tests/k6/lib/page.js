// The summary as a page that needs nothing else.

const style = `
  body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem; }
  table { border-collapse: collapse; margin: 0 0 2rem; }
  th, td { border-bottom: 1px solid #8884; padding: .3rem .8rem; text-align: right; }
  th:first-child, td:first-child { text-align: left; }
  .no { color: #b00020; font-weight: 600; }
  .yes { color: #1b6e3c; }`;

export function pageOf(summary) {
  const { script, time, seconds, clients, answers, perSecond, wrong, errorRate } = summary;
  const { steps, overall, checks, thresholds, levels = [] } = summary;
  const isRight = thresholds.every(({ ok }) => ok);
  const share = `${(errorRate * 100).toFixed(3)} %`;
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escaped(script)}: ${isRight ? "passed" : "failed"}</title>
<style>${style}</style>
<h1>${escaped(script)}: <span class="${isRight ? "yes" : "no"}">${isRight ? "passed" : "failed"}</span></h1>
<p>${escaped(time)}: ${answers} answers in ${seconds} s (${perSecond}/s), at most ${clients} clients, ${wrong} wrong (${share}).</p>
${(summary.lines || []).map((line) => `<p>${escaped(line)}</p>`).join("\n")}
${table(
  "What had to hold",
  ["metric", "threshold", "held"],
  thresholds.map(({ metric, wanted, ok }) => [metric, wanted, said(ok)]),
)}
${table("Steps, in milliseconds", ["step", "answers", "median", "p95", "p99", "max"], [...steps, { step: "requests", ...overall }].map(times))}
${
  levels.length
    ? table(
        "Levels",
        Object.keys(levels[0]),
        levels.map((level) => Object.values(level)),
      )
    : ""
}
${table(
  "What was checked",
  ["check", "right", "wrong"],
  checks.map(({ name, passes, fails }) => [name, passes, fails && bad(fails)]),
)}
</html>
`;
}

function times({ step, answers, medianMs, p95Ms, p99Ms, maxMs }) {
  return [step, answers, medianMs, p95Ms, p99Ms, maxMs];
}

function said(ok) {
  return ok ? { html: '<span class="yes">yes</span>' } : bad("no");
}

function bad(text) {
  return { html: `<span class="no">${escaped(text)}</span>` };
}

function table(title, heads, rows) {
  const row = (cells, tag) =>
    `<tr>${cells.map((cell) => `<${tag}>${cellOf(cell)}</${tag}>`).join("")}</tr>`;
  return `<h2>${title}</h2>
<table>
<thead>${row(heads, "th")}</thead>
<tbody>
${rows.map((cells) => row(cells, "td")).join("\n")}
</tbody>
</table>`;
}

function cellOf(cell) {
  return cell?.html ?? escaped(cell);
}

function escaped(text) {
  return String(text).replace(/[&<>"]/g, (found) => `&#${found.charCodeAt(0)};`);
}
