// `npm run env-example`: writes .env.example anew.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "../dev/root.ts";
import { envExample } from "./env-example.ts";

await writeFile(join(root, ".env.example"), envExample());
