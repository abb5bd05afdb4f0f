import type { Command } from "commander";

/** Where to, as whom, how long, and in which form: what every command that calls a service takes. */
export function targetOptions(command: Command): Command {
  return command
    .option("--address <host:port>", "of the service; absent: where npm start has it")
    .option("--cert <file>", "client certificate; with --key and --ca")
    .option("--key <file>", "its key")
    .option("--ca <file>", "who signed the service's certificate")
    .option("--plaintext", "without TLS")
    .option("--token <token>", "a person's access token (or TRADEPOST_TOKEN)")
    .option("--timeout <ms>", "absent: what the contract says")
    .option("--json", "one JSON object a line, errors too");
}
