// One client does everything once, what is refused too.

import exec from "k6/execution";
import { browse } from "./lib/browsing.js";
import { buy, order } from "./lib/buying.js";
import { anyItems } from "./lib/catalogue.js";
import { turn } from "./lib/expect.js";
import { think } from "./lib/pause.js";
import { me, registerPeople } from "./lib/people.js";
import { randomOfThisTurn } from "./lib/random.js";
import { refusals, replay } from "./lib/refusals.js";
import { reportOf } from "./lib/report.js";
import { client } from "./lib/rest.js";
import { common, floors } from "./lib/shape.js";
import { keyOfThisTurn } from "./lib/visit.js";

export const options = { vus: 1, iterations: 3, ...common(floors) };
export const setup = registerPeople;
export const handleSummary = reportOf("smoke");

export default turn((people) => {
  const random = randomOfThisTurn();
  const one = client({ turn: exec.vu.idInTest });
  const person = me(people, one);
  const key = keyOfThisTurn();
  browse(one, random, think);
  buy(one, person, random, think, key);
  const items = anyItems(random);
  const placed = order(one, person, items, `${key}-again`);
  replay(one, person, items, `${key}-again`, placed);
  refusals(one, person);
});
