// Every answer is held against what it must be, part by part.
import { check } from "k6";
import { Rate } from "k6/metrics";

/** One sample for each answer: whether anything in it was wrong. The error rate of a run. */
const failed = new Rate("failed");

/** Wrong answers that one client shows in full; the rest is counted. */
const SHOWN = 3;
let shown = 0;

/** `parts`: what it is called → [found, wanted]. Each is a check of its own. */
export function expect(step, parts, tags) {
  const entries = Object.entries(parts);
  const checks = {};
  for (const [what, [found, wanted]] of entries) {
    checks[`${step}: ${what}`] = () => isSame(found, wanted);
  }
  const isRight = check(null, checks);
  failed.add(!isRight, tags);
  if (!isRight && shown++ < SHOWN) {
    for (const [what, [found, wanted]] of entries.filter(([, [a, b]]) => !isSame(a, b))) {
      const text = `found ${JSON.stringify(found)}, wanted ${JSON.stringify(wanted)}`;
      console.warn(`${step}: ${what}: ${text}`.slice(0, 800));
    }
  }
  return isRight;
}

/** A script's default function: a turn that breaks off counts as one wrong answer. */
export function turn(work) {
  return (people) => {
    try {
      work(people);
    } catch (error) {
      failed.add(true);
      console.error(error.stack);
    }
  };
}

/** By value; the order of an object's fields does not matter. */
function isSame(a, b) {
  return JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
}

function sorted(value) {
  if (Array.isArray(value)) {
    return value.map(sorted);
  }
  if (value !== null && typeof value === "object") {
    return Object.keys(value)
      .sort()
      .map((key) => [key, sorted(value[key])]);
  }
  return value;
}
