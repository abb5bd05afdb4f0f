// Nobody signs in: lists, categories and products.
import { turn } from "./lib/expect.js";
import { reportOf } from "./lib/report.js";
import { steady } from "./lib/shape.js";
import { visit } from "./lib/visit.js";

export const options = steady(100, "2m");
export const handleSummary = reportOf("browse");

export default turn(() => {
  visit([], { share: 0 });
});
