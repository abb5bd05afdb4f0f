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

/** Of a broker whose connection closed between being found and being asked: an error without a name. */
const CLOSED_BEFORE_ASKED = "Broker not connected";

/** Whether a broker cannot be reached now; anything else is a fault in this process. */
export function isAway(error: unknown): boolean {
  return (
    error instanceof Error &&
    (AWAY.has(error.name) || error.message === CLOSED_BEFORE_ASKED || isAway(error.cause))
  );
}
