// An instance is killed meanwhile, by who runs this; clients ask again, as a good client does.
import { turn } from "./lib/expect.js";
import { registerPeople } from "./lib/people.js";
import { reportOf } from "./lib/report.js";
import { steady } from "./lib/shape.js";
import { visit } from "./lib/visit.js";

export const options = steady(20, "60s");
export const setup = registerPeople;
export const handleSummary = reportOf("failover");

export default turn((people) => {
  visit(people, { share: 1, tries: 40 });
});
