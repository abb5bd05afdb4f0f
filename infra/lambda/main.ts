// `npm run lambda`: the folder that template.yaml names as the function's code.
import { join } from "node:path";
import { root } from "../dev/root.ts";
import { bundle } from "./bundle.ts";

await bundle(join(root, "dist/lambda"));
