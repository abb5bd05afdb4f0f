// Finds the knee: level by level more requests a second arrive, whether or not the ones before were
// answered; then as few as at first again, which must be answered as at first.

import exec from "k6/execution";
import { list, look } from "./lib/browsing.js";
import { order } from "./lib/buying.js";
import { anyItems } from "./lib/catalogue.js";
import { turn } from "./lib/expect.js";
import { levelNow, levels, rows, shape, verdict } from "./lib/levels.js";
import { me, registerPeople } from "./lib/people.js";
import { randomOfThisTurn } from "./lib/random.js";
import { reportOf } from "./lib/report.js";
import { client } from "./lib/rest.js";
import { keyOfThisTurn } from "./lib/visit.js";

export const options = shape;
export const setup = registerPeople;
export const handleSummary = reportOf("stress", ({ metrics }) => {
  const all = rows(metrics);
  return { levels: all, lines: [verdict(all)] };
});

/** One request: of twenty, twelve lists, five products, three orders. */
export default turn((people) => {
  const random = randomOfThisTurn();
  const one = client({ turn: exec.vu.idInTest, tags: { level: levels[levelNow()].name } });
  const kind = random();
  if (kind < 0.6) {
    list(one);
  } else if (kind < 0.85) {
    look(one, random);
  } else {
    order(one, me(people, one), anyItems(random), keyOfThisTurn());
  }
});
