// Brings load-tests/k6/catalogue.json up to the demo data: `node --import tsx` this, then `npm run format`.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "../../infra/dev/root.ts";
import { catalogue } from "./catalogue.ts";

await writeFile(join(root, "load-tests/k6/catalogue.json"), JSON.stringify(catalogue()));
