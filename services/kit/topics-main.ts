// Makes the topics that are not there yet and ends: for a broker that nobody else makes them at.
import { z } from "zod";
import { BadConfiguration, readConfig, serviceShape } from "./config.ts";
import { kafkaSecurity, kafkaSecurityShape } from "./kafka-security.ts";
import { createLog } from "./log.ts";
import { ensureTopics } from "./make-topics.ts";

const shape = {
  KAFKA_BROKERS: serviceShape.KAFKA_BROKERS.refine((brokers) => brokers !== "", "is missing"),
  ...kafkaSecurityShape,
  KAFKA_REPLICAS: z.coerce
    .number()
    .int()
    .min(1)
    .max(5)
    .default(1)
    .describe("How many brokers have each partition."),
  LOG_LEVEL: serviceShape.LOG_LEVEL,
};

const log = createLog({ service: "topics", level: "info" });
try {
  const config = readConfig(shape);
  const { KAFKA_BROKERS: brokers, KAFKA_REPLICAS: replicas } = config;
  await ensureTopics(
    { brokers, security: kafkaSecurity(config), clientId: "topics", log },
    { replicas },
  );
  log.info("the topics are there");
} catch (error) {
  const isOurs = error instanceof BadConfiguration;
  log.fatal(isOurs ? { problems: error.problems } : { err: error }, "no topics made");
  process.exitCode = isOurs ? 2 : 1;
}
