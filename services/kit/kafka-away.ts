/** kafkajs gives up on these as if they could never work; a broker that starts gives each of them. */
const AWAY = new Set([
  "KafkaJSGroupCoordinatorNotFound",
  "KafkaJSNoBrokerAvailableError",
  "KafkaJSBrokerNotFound",
  "KafkaJSConnectionError",
  "KafkaJSConnectionClosedError",
  "KafkaJSRequestTimeoutError",
  "KafkaJSLockTimeout",
]);

/** Whether a broker cannot be reached now; anything else is a fault in this process. */
export function isAway(error: unknown): boolean {
  return error instanceof Error && (AWAY.has(error.name) || isAway(error.cause));
}
