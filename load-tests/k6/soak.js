// The same for a long time: what grows, grows here. Sessions are renewed.
import { turn } from "./lib/expect.js";
import { registerPeople } from "./lib/people.js";
import { reportOf } from "./lib/report.js";
import { steady } from "./lib/shape.js";
import { visit } from "./lib/visit.js";

export const options = steady(20, "1h");
export const setup = registerPeople;
export const handleSummary = reportOf("soak");

export default turn((people) => {
  visit(people, { share: 1 });
});
