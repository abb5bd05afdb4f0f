// One request and its answer: how long it took, by step, and what it said.
import { sleep } from "k6";
import http from "k6/http";
import { Counter } from "k6/metrics";
import { urls } from "./settings.js";
import { note } from "./steps.js";

const retried = new Counter("retried");

/** Not heard, or not now. */
const passing = [0, 502, 503, 504];
const pauseSeconds = 0.25;

export function isPassing({ status }) {
  return passing.includes(status);
}

/**
 * `turn`: which gateway a client begins with. `tries`: how often it asks before it gives up, as who
 * knows that instances come and go; what is not safe to repeat is asked `once`.
 */
export function client({ turn, tries = 1, tags = {} }) {
  let at = turn % urls.length;

  function ask(step, method, path, { token, body, key, once } = {}) {
    const headers = {};
    if (token) {
      headers.authorization = `Bearer ${token}`;
    }
    if (key) {
      headers["idempotency-key"] = key;
    }
    if (body !== undefined) {
      headers["content-type"] = "application/json";
    }
    const name = `${method} ${path.replace(/\?.*$/, "").replace(/\/[0-9a-f-]{36}|\/prod-\d+/, "/{id}")}`;
    const params = { headers, tags: { part: "journey", step, name, ...tags } };
    const text = body === undefined ? null : JSON.stringify(body);
    const begun = Date.now();
    for (let left = once ? 1 : tries; ; left--) {
      const answer = http.request(method, `${urls[at]}${path}`, text, params);
      const read = { status: answer.status, headers: answer.headers, body: bodyOf(answer) };
      const isOver = !isPassing(read) && !isRunning(read);
      if (isOver || left === 1) {
        note(step, begun, tags);
        return read;
      }
      retried.add(1);
      at = (at + 1) % urls.length;
      sleep(pauseSeconds);
    }
  }

  return {
    tags,
    isPatient: tries > 1,
    get: (step, path, given) => ask(step, "GET", path, given),
    put: (step, path, given) => ask(step, "PUT", path, given),
    post: (step, path, given) => ask(step, "POST", path, given),
  };
}

/** The first request with this key has not ended. */
function isRunning({ status, body }) {
  return status === 409 && body.reason === "IDEMPOTENCY_IN_PROGRESS";
}

/** An empty object for what is not JSON: the checks then say what is missing. */
function bodyOf(answer) {
  try {
    return JSON.parse(answer.body) || {};
  } catch {
    return {};
  }
}
