// Ten times as many within ten seconds, and back: those before, in and after the spike get the same.
import { turn } from "./lib/expect.js";
import { registerPeople } from "./lib/people.js";
import { reportOf } from "./lib/report.js";
import { waves } from "./lib/shape.js";
import { visit } from "./lib/visit.js";

export const options = waves([
  [20, "30s"],
  [200, "10s"],
  [200, "30s"],
  [20, "10s"],
  [20, "30s"],
]);
export const setup = registerPeople;
export const handleSummary = reportOf("spike");

export default turn((people) => {
  visit(people, { share: 1 / 3 });
});
