// What a service hears of the others, and what it could not take in of that.
import { DeadLetterServiceDefinition } from "#gen/tradepost/deadletters/v1/dead_letters.ts";
import { type ConsumersOptions, startConsumers } from "./consumer.ts";
import { deadLetterService } from "./dead-letter-service.ts";
import { createRedrive } from "./redrive.ts";
import type { Rpcs } from "./rpc.ts";
import { waitingMetrics } from "./waiting-metrics.ts";

export interface Listening {
  /** Of DeadLetterService, which every service serves for itself. */
  readonly rpcs: Rpcs;
  stop(): Promise<void>;
}

export function startListening(
  options: ConsumersOptions & { readonly onCommitted: () => void },
): Listening {
  const { service, db } = options;
  const redrive = createRedrive(options);
  const consumers = startConsumers(options);
  if (options.metrics) {
    waitingMetrics(db, options.metrics);
  }
  if (options.subscriptions.length > 0) {
    redrive.start();
  }
  const rpcs = deadLetterService({ ...options, service, db, redrive });
  return {
    rpcs: [DeadLetterServiceDefinition, rpcs],
    async stop() {
      await Promise.all([consumers.stop(), redrive.stop()]);
    },
  };
}
