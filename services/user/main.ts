import { runService } from "#kit/service.ts";
import { build } from "./build.ts";
import { userShape } from "./config.ts";

await runService({ name: "user", config: userShape, build });
