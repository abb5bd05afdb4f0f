import { runService } from "#kit/service.ts";
import { build, paymentShape } from "./build.ts";

await runService({ name: "payment", config: paymentShape, build });
