// What a client does, in the order of a visit; each has a duration of its own in the summary.
import { Trend } from "k6/metrics";

/** Over REST, through the gateway. */
export const steps = [
  "refresh",
  "login",
  "list",
  "search",
  "product",
  "cart",
  "quote",
  "order",
  "checkout",
  "read",
  "paid",
  "listed",
  "refused",
];

/** Straight to the services. */
export const calls = ["ListProducts", "GetProduct", "QuoteOrder", "CreateOrder", "GetOrder"];

const durations = {};
for (const step of [...steps, ...calls]) {
  durations[step] = new Trend(nameOf(step), true);
}

/** When answers came: the first and the last say how long the load was on, without `setup()`. */
export const moments = "moments";
const answered = new Trend(moments);

/** Notes an answer to what was asked at `begun`. */
export function note(step, begun, tags) {
  const now = Date.now();
  durations[step].add(now - begun, tags);
  answered.add(now);
}

/** Of the metric with a step's durations. */
export function nameOf(step) {
  return `step_${step}`;
}
