// As much as clients without pauses can get: the same with more instances shows what these bring.
import { turn } from "./lib/expect.js";
import { registerPeople } from "./lib/people.js";
import { reportOf } from "./lib/report.js";
import { steady } from "./lib/shape.js";
import { visit } from "./lib/visit.js";

export const options = steady(16, "30s");
export const setup = registerPeople;
export const handleSummary = reportOf("scale");

export default turn((people) => {
  visit(people, { share: 1 / 2, pause: () => {} });
});
