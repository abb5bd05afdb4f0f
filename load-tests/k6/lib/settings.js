// What a run is told by its environment; the same for every script.

/** One gateway, or several with commas: a client keeps to one until it does not answer. */
export const urls = (__ENV.BASE_URL || "http://127.0.0.1:8080")
  .split(",")
  .map((url) => url.replace(/\/+$/, ""));

/** A look instead of a run: few clients, seconds, no pauses, and nothing is asked of times. */
export const isShort = __ENV.SHORT === "1";

/** Same seed, same people do the same things in the same order. */
export const seed = Number(__ENV.SEED || 1);

/** Where the summaries go; k6 makes no folder. */
export const reportDir = __ENV.REPORT_DIR || "load-report";
