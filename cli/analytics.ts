// `tradepost analytics rebuild`: what analytics has counted, counted again.
import type { Command } from "commander";
import { readConfig } from "#kit/config.ts";
import { kafkaSecurity, kafkaSecurityShape } from "#kit/kafka-security.ts";
import { silent } from "#kit/log.ts";
import { devPlaces } from "../infra/verify/dev-places.ts";
import { rebuild } from "../services/analytics/rebuilding.ts";
import { done } from "./backup-words.ts";

type Write = (text: string) => void;

const HELP = `
Reads topics orders and payments from their first event on into fresh tables, while the service goes
on, and puts them in the place of the others. Databases and Kafka are named as for tradepost verify.
Nothing changes where Kafka no longer has every event that was counted.

Exit code: 0 rebuilt, 1 not.`;

export function addAnalytics(tradepost: Command, write: Write): void {
  tradepost
    .command("analytics")
    .description("What analytics has counted.")
    .command("rebuild")
    .description("Counts everything again, from the first event on.")
    .option("--json", "one JSON object")
    .addHelpText("after", HELP)
    .action((options: { json?: true }) => countAgain(options.json ?? false, write));
}

async function countAgain(isJson: boolean, write: Write): Promise<void> {
  const swapped = await done("not rebuilt", fromPlaces());
  const { same, changed, added } = swapped;
  write(
    isJson
      ? JSON.stringify(swapped)
      : `Rebuilt: ${same} windows as they were, ${changed} changed, ${added} new.`,
  );
}

async function fromPlaces() {
  const { databaseUrls, brokers } = await devPlaces(process.env);
  if (brokers === "") {
    throw new Error("no Kafka is there: set KAFKA_BROKERS");
  }
  const security = kafkaSecurity(readConfig(kafkaSecurityShape));
  return rebuild(databaseUrls.analytics, { brokers, security, log: silent });
}
