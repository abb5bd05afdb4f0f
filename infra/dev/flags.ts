export interface Flags {
  readonly fresh: boolean;
  readonly kafka: boolean;
  readonly json: boolean;
  readonly help: boolean;
}

/** One sentence for the person who typed it. */
export class BadFlag extends Error {
  override readonly name = "BadFlag";
}

export const HELP = `npm start [-- flags]    the whole mesh on this machine; Ctrl-C stops it

  --fresh       delete the data of earlier runs first
  --no-kafka    without Kafka: orders work, their events wait
  --json        one JSON object a line instead of a table
  --help        this text

  DATABASE_URL, KAFKA_BROKERS, STRIPE_SECRET_KEY   use yours instead of a local one
  HTTP_PORT, USER_PORT … ANALYTICS_PORT, USER_METRICS_PORT …, POSTGRES_PORT, KAFKA_PORT,
  KAFKA_CONTROLLER_PORT, STRIPE_PORT, SMTP_PORT, MAIL_PORT
                                                   other ports
  TRADEPOST_DIR                                    where data, logs and certificates are
  TRADEPOST_CACHE                                  where Kafka's jars are kept
`;

export function readFlags(args: readonly string[]): Flags {
  const known = ["--fresh", "--no-kafka", "--json", "--help", "-h"];
  const unknown = args.find((arg) => !known.includes(arg));
  if (unknown !== undefined) {
    throw new BadFlag(`npm start does not know ${unknown}: see npm start -- --help`);
  }
  return {
    fresh: args.includes("--fresh"),
    kafka: !args.includes("--no-kafka"),
    json: args.includes("--json"),
    help: args.includes("--help") || args.includes("-h"),
  };
}
