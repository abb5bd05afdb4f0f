/** The service's consumers as a function of AWS Lambda's; what sends stays a process: main.ts. */
import { type ConfigOf, type Environment, readConfig, serviceShape } from "#kit/config.ts";
import { openDatabase } from "#kit/db.ts";
import { createLog } from "#kit/log.ts";
import { notificationShape } from "./config.ts";
import { consumers } from "./consumers.ts";
import { type Item, readDelivery } from "./lambda-envelopes.ts";
import { taking } from "./lambda-taking.ts";

/** What the function needs of its environment. */
export const lambdaShape = {
  DATABASE_URL: serviceShape.DATABASE_URL,
  LOG_LEVEL: serviceShape.LOG_LEVEL,
  SUPPORT_MAIL: notificationShape.SUPPORT_MAIL,
};

/** An instance has one invocation at a time, which may be about several partitions. */
const CONNECTIONS = 2;

/** What Lambda says of an invocation, as far as it is asked. */
interface Invocation {
  getRemainingTimeInMillis(): number;
}

/** What an event source mapping with ReportBatchItemFailures reads. */
interface PartialFailure {
  readonly batchItemFailures: readonly { readonly itemIdentifier: Item }[];
}

export interface LambdaHandler {
  handler(event: unknown, invocation: Invocation): Promise<PartialFailure | undefined>;
  /** Ends the connections; Lambda itself ends instances without a word. */
  stop(): Promise<void>;
}

/** Throws at an environment that is wrong, by every wrong variable's name. */
export function lambdaHandler(environment: Environment): LambdaHandler {
  const config: ConfigOf<typeof lambdaShape> = readConfig(lambdaShape, environment);
  const service = "notification";
  const log = createLog({ service, level: config.LOG_LEVEL });
  const db = openDatabase({
    url: config.DATABASE_URL,
    name: `${service}-lambda`,
    max: CONNECTIONS,
  });
  const take = taking({ service, db, log, subscriptions: consumers(config.SUPPORT_MAIL) });
  return {
    async handler(event, invocation) {
      const delivery = readDelivery(event);
      const late = await take(delivery, () => invocation.getRemainingTimeInMillis());
      if (delivery.inParts) {
        return { batchItemFailures: late.map((itemIdentifier) => ({ itemIdentifier })) };
      }
      if (late.length > 0) {
        throw new Error("the event is not in effect yet and must be delivered again");
      }
      return undefined;
    },
    stop: () => db.end(),
  };
}
