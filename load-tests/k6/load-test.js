// A day in the shop: everybody looks around, one visit of three ends with an order.
import { turn } from "./lib/expect.js";
import { registerPeople } from "./lib/people.js";
import { reportOf } from "./lib/report.js";
import { steady } from "./lib/shape.js";
import { visit } from "./lib/visit.js";

export const options = steady(100, "5m");
export const setup = registerPeople;
export const handleSummary = reportOf("load-test");

export default turn((people) => {
  visit(people, { share: 1 / 3 });
});
