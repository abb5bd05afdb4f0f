// Makes the topics that are not there yet and ends: for a broker that nobody else makes them at.
import { BadConfiguration, readConfig, serviceShape } from "./config.ts";
import { ensureTopics } from "./kafka.ts";
import { createLog } from "./log.ts";

const shape = {
  KAFKA_BROKERS: serviceShape.KAFKA_BROKERS.refine((brokers) => brokers !== "", "is missing"),
  LOG_LEVEL: serviceShape.LOG_LEVEL,
};

const log = createLog({ service: "topics", level: "info" });
try {
  const { KAFKA_BROKERS: brokers } = readConfig(shape);
  await ensureTopics({ brokers, clientId: "topics", log });
  log.info("the topics are there");
} catch (error) {
  const isOurs = error instanceof BadConfiguration;
  log.fatal(isOurs ? { problems: error.problems } : { err: error }, "no topics made");
  process.exitCode = isOurs ? 2 : 1;
}
