import exec from "k6/execution";
import { browse } from "./browsing.js";
import { buy } from "./buying.js";
import { think } from "./pause.js";
import { me } from "./people.js";
import { randomOfThisTurn } from "./random.js";
import { client } from "./rest.js";

/** One turn of one client: it looks around, and in `share` of its turns it buys. */
export function visit(people, { share, tries = 1, pause = think }) {
  const random = randomOfThisTurn();
  const one = client({ turn: exec.vu.idInTest, tries });
  browse(one, random, pause);
  if (random() < share) {
    buy(one, me(people, one), random, pause, keyOfThisTurn());
  }
}

/** Keys are each person's own, and a person is a client of one run. */
export function keyOfThisTurn() {
  return `turn-${exec.vu.iterationInInstance}`;
}
