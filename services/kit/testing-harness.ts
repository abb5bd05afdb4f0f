/** The superuser's URL of this run's PostgreSQL; started when first asked for. */
export function testPostgres(): Promise<string> {
  return addressOf("postgres", "TEST_POSTGRES_URL");
}

/** The brokers of this run's Kafka, `host:port,…`; started when first asked for. */
export function testKafka(): Promise<string> {
  return addressOf("kafka", "TEST_KAFKA_BROKERS");
}

/** A server that is there already may be named by the environment. */
async function addressOf(name: string, variable: string): Promise<string> {
  const given = process.env[variable];
  if (given) {
    return given;
  }
  const harness = process.env.TEST_HARNESS;
  if (!harness) {
    throw new Error(`neither ${variable} nor TEST_HARNESS is set: run the tests with mocha`);
  }
  const answer = await fetch(`${harness}/${name}`);
  const text = await answer.text();
  if (!answer.ok) {
    throw new Error(`starting ${name}: ${text}`);
  }
  process.env[variable] = text;
  return text;
}
