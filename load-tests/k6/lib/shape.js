// How many do something for how long, and what must hold then.
import { isShort } from "./settings.js";

/** For `summaryTrendStats`: what report.js shows. */
const figures = ["count", "min", "med", "p(95)", "p(99)", "max"];

/** Below this share of answers that are late, wrong or missing. */
const errors = ["rate<0.001"];
/**
 * In milliseconds, of what people wait for: making the accounts before a run is not part of it. k6
 * keeps figures by tag only where there is a threshold, so a short run has one that always holds.
 */
const latency = [isShort ? "p(95)>=0" : "p(95)<200"];

/** What every script must keep, over REST. */
export const floors = {
  failed: errors,
  "http_req_duration{part:journey}": latency,
};

/** The same for calls straight to the services. */
export const grpcFloors = {
  failed: errors,
  "grpc_req_duration{part:journey}": latency,
};

/** So many at the same time; `--vus` and `--duration` of k6 go over it. */
export function steady(vus, duration, thresholds = floors) {
  return {
    vus: isShort ? Math.min(vus, 2) : vus,
    duration: isShort ? "3s" : duration,
    ...common(thresholds),
  };
}

/** More and fewer at the same time: `[how many, until when]`, each reached in a straight line. */
export function waves(stages, thresholds = floors) {
  const all = stages.map(([target, duration]) => ({
    target: isShort ? Math.min(target, 3) : target,
    duration: isShort ? "1s" : duration,
  }));
  return {
    scenarios: { waves: { executor: "ramping-vus", startVUs: all[0].target, stages: all } },
    ...common(thresholds),
  };
}

/** What the options of every script share. */
export function common(thresholds) {
  return {
    thresholds,
    summaryTrendStats: figures,
    // Passwords are hashed two at a time, and each person needs two hashes.
    setupTimeout: "5m",
  };
}
