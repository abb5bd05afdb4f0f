// What a run leaves behind: a few lines for the terminal, a page, and JSON for programs.
import { pageOf } from "./page.js";
import { reportDir } from "./settings.js";
import { calls, moments, nameOf, steps } from "./steps.js";

/** Thresholds that nothing can miss. */
const always = ["p(95)>=0", "rate<=1"];

/** `handleSummary` of the script `name`; `more` adds what only this script can say. */
export function reportOf(name, more = () => ({})) {
  return (data) => {
    const plain = summaryOf(name, data);
    const summary = { ...plain, ...more(data) };
    return {
      stdout: textOf(summary),
      [`${reportDir}/${name}.json`]: `${JSON.stringify(summary, null, 2)}\n`,
      [`${reportDir}/${name}.html`]: pageOf(summary),
    };
  };
}

function summaryOf(script, { metrics, root_group: group }) {
  const values = (name) => metrics[name]?.values ?? {};
  const { min, max } = values(moments);
  const loadSeconds = (max - min) / 1_000 || 0;
  const done = [...steps, ...calls].flatMap((step) => {
    const times = values(nameOf(step));
    return times.count > 0 ? [{ step, ...timesOf(times) }] : [];
  });
  const answers = done.reduce((sum, { answers }) => sum + answers, 0);
  const overall = values("http_req_duration{part:journey}");
  const overGrpc = values("grpc_req_duration{part:journey}");
  return {
    script,
    time: new Date().toISOString(),
    seconds: round(loadSeconds),
    clients: values("vus_max").max ?? 0,
    turns: values("iterations").count ?? 0,
    dropped: values("dropped_iterations").count ?? 0,
    retried: values("retried").count ?? 0,
    answers,
    perSecond: round(answers / loadSeconds || 0),
    wrong: values("failed").passes ?? 0,
    errorRate: values("failed").rate ?? 0,
    overall: timesOf(overGrpc.count > 0 ? overGrpc : overall),
    steps: done,
    checks: checksOf(group),
    thresholds: thresholdsOf(metrics),
  };
}

export function timesOf(values) {
  return {
    answers: values.count ?? 0,
    medianMs: round(values.med),
    p95Ms: round(values["p(95)"]),
    p99Ms: round(values["p(99)"]),
    maxMs: round(values.max),
  };
}

/** Without those that only make k6 keep figures. */
function thresholdsOf(metrics) {
  const all = Object.entries(metrics).flatMap(([metric, { thresholds = {} }]) =>
    Object.entries(thresholds).map(([wanted, { ok }]) => ({ metric, wanted, ok })),
  );
  return all.filter(({ wanted }) => !always.includes(wanted));
}

/** Those of a group and of the groups in it. */
function checksOf({ checks, groups }) {
  const own = checks.map(({ name, passes, fails }) => ({ name, passes, fails }));
  return [...own, ...groups.flatMap(checksOf)];
}

function textOf(summary) {
  const { script, seconds, clients, answers, perSecond, retried, dropped, wrong } = summary;
  const { steps, overall, thresholds } = summary;
  const aside = [retried && `${retried} asked again`, dropped && `${dropped} not sent in time`];
  const head = `${script}: ${answers} answers in ${seconds} s (${perSecond}/s), at most ${clients} clients, ${wrong} wrong`;
  const row = (cells) =>
    `  ${cells.map((cell, n) => (n ? `${cell}`.padStart(9) : cell.padEnd(10))).join("")}`;
  const table = [...steps, { step: "requests", ...overall }].map((one) =>
    row([one.step, one.answers, one.medianMs, one.p95Ms, one.p99Ms, one.maxMs]),
  );
  const missed = thresholds.filter(({ ok }) => !ok);
  const failing = summary.checks.filter(({ fails }) => fails > 0);
  return [
    "",
    [head, ...aside.filter(Boolean)].join(", "),
    row(["step", "answers", "median", "p95", "p99", "max ms"]),
    ...table,
    ...(summary.lines || []),
    ...failing.map(({ name, passes, fails }) => `  wrong: ${name}, ${fails} of ${passes + fails}`),
    ...missed.map(({ metric, wanted }) => `  missed: ${metric} ${wanted}`),
    `${missed.length === 0 ? "passed" : "failed"}: ${script}`,
    "",
  ].join("\n");
}

function round(value) {
  return Math.round((value ?? 0) * 10) / 10;
}
