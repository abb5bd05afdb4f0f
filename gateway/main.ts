import { descriptors } from "#gen/descriptors.ts";
import { openapi } from "#gen/openapi.ts";
import { writers } from "#gen/writers.ts";
import { createLog } from "#kit/log.ts";
import { createMetrics } from "#kit/metrics.ts";
import { endWithProcess } from "#kit/shutdown.ts";
import { gatewayConfig } from "./config.ts";
import { createGateway } from "./gateway.ts";

const { level, pretty, host, port, hardStopMs, ...network } = gatewayConfig();
const log = createLog({ service: "gateway", level, pretty });
const metrics = createMetrics("gateway");
const gateway = createGateway({ descriptors, openapi, writers, log, metrics, ...network });
endWithProcess({ log, stop: gateway.stop, hardStopMs });
log.info({ port: await gateway.listen(port, host) }, "ready");
