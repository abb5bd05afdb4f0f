import type { Kafka } from "kafkajs";
import { readConfig } from "#kit/config.ts";
import { connect } from "#kit/kafka.ts";
import { kafkaSecurity, kafkaSecurityShape } from "#kit/kafka-security.ts";
import { silent } from "#kit/log.ts";

/** For who types a command: TLS and a password come from the environment, as for the services. */
export function kafkaClient(brokers: string, clientId: string): Kafka {
  const security = kafkaSecurity(readConfig(kafkaSecurityShape));
  return connect({ brokers, clientId, security, log: silent });
}
