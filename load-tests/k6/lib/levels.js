// The levels of the stress test: requests a second, each for the same time.
import exec from "k6/execution";
import { timesOf } from "./report.js";
import { isShort } from "./settings.js";
import { common } from "./shape.js";

const rates = (__ENV.RATES || (isShort ? "2,4" : "25,50,100,200,300,400,600,800"))
  .split(",")
  .map(Number);
const levelSeconds = isShort ? 2 : 30;
/** More would wait at the mesh's door only to be turned away. */
const maxVUs = isShort ? 4 : 300;

export const levels = [
  ...rates.map((rate) => ({ name: String(rate), rate })),
  { name: "after", rate: rates[0] },
];

/** What the first level and the one after all others must keep, and each must keep to be carried. */
const errorRate = 0.001;
const p95Ms = 200;

export const shape = {
  scenarios: {
    levels: {
      executor: "ramping-arrival-rate",
      startRate: rates[0],
      preAllocatedVUs: maxVUs,
      maxVUs,
      stages: levels.flatMap(({ rate }) => [
        { target: rate, duration: "0s" },
        { target: rate, duration: `${levelSeconds}s` },
      ]),
    },
  },
  ...common(
    Object.assign({ "http_req_duration{part:journey}": ["p(95)>=0"] }, ...levels.map(thresholdsOf)),
  ),
};

/** Without a threshold k6 keeps no figures by tag: those of the levels between hold whatever comes. */
function thresholdsOf({ name }) {
  const isCalm = name === "after" || name === levels[0].name;
  return {
    [`failed{level:${name}}`]: [isCalm ? `rate<${errorRate}` : "rate<=1"],
    [`http_req_duration{level:${name}}`]: [isCalm && !isShort ? `p(95)<${p95Ms}` : "p(95)>=0"],
  };
}

export function levelNow() {
  const seconds = (Date.now() - exec.scenario.startTime) / 1_000;
  return Math.min(Math.floor(seconds / levelSeconds), levels.length - 1);
}

export function rows(metrics) {
  return levels.map(({ name, rate }) => {
    const times = timesOf(metrics[`http_req_duration{level:${name}}`].values);
    const errors = metrics[`failed{level:${name}}`].values.rate;
    const answered = times.answers / levelSeconds;
    const holds = errors < errorRate && times.p95Ms < p95Ms && answered > 0.95 * rate;
    return { level: name, rate, answered: Math.round(answered), ...times, errors, holds };
  });
}

/** The last level of those from the first on that hold. */
export function verdict(all) {
  const rising = all.filter(({ level }) => level !== "after");
  const broken = rising.findIndex(({ holds }) => !holds);
  if (broken === -1) {
    return `no knee up to ${rising[rising.length - 1].rate} requests/s`;
  }
  const knee = broken === 0 ? "below the first level" : `${rising[broken - 1].rate} requests/s`;
  const { rate, p95Ms: p95, errors, answered } = rising[broken];
  return `knee: ${knee}; at ${rate} requests/s p95 was ${p95} ms, ${answered}/s were answered, ${(errors * 100).toFixed(2)} % wrong`;
}
