// The whole journey, with the pauses that people make: browse, cart, quote, order, paid, in the list.
import { turn } from "./lib/expect.js";
import { registerPeople } from "./lib/people.js";
import { reportOf } from "./lib/report.js";
import { steady } from "./lib/shape.js";
import { visit } from "./lib/visit.js";

export const options = steady(50, "2m");
export const setup = registerPeople;
export const handleSummary = reportOf("checkout");

export default turn((people) => {
  visit(people, { share: 1 });
});
