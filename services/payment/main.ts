import { runService } from "#kit/service.ts";
import { build } from "./build.ts";
import { paymentShape } from "./config.ts";

await runService({ name: "payment", config: paymentShape, build });
