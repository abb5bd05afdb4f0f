// `tradepost restore` and `tradepost republish`: a mesh that was lost, back.
import type { Command } from "commander";
import { openTarget } from "../infra/backup/dev-target.ts";
import { republish } from "../infra/backup/republish.ts";
import { checkBackup, restore } from "../infra/backup/restore.ts";
import { devPlaces } from "../infra/verify/dev-places.ts";
import { type KeyOptions, keyOf, keyOption } from "./backup-key.ts";
import { done, inWords, progress } from "./backup-words.ts";

type Write = (text: string) => void;

interface RestoreOptions extends KeyOptions {
  readonly check?: true;
  readonly json?: true;
}

const RESTORE_HELP = `
Into the data folder of a dev mesh that never ran (TRADEPOST_DIR), or into databases just created:
DATABASE_URL (the administrator's) or USER_DATABASE_URL … ANALYTICS_DATABASE_URL. Services start
afterwards. KAFKA_BROKERS, where it is set, must name a Kafka without events: the outboxes send
theirs again, and consumers take in what they had not. docs/disaster.md says what comes then.

Exit code: 0 restored (--check: it can be), 1 not, 2 wrong use.`;

const REPUBLISH_HELP = `
For databases that were brought back from a base backup and the archived log. Services are stopped,
and Kafka (KAFKA_BROKERS) has no events. The databases are named as for tradepost verify.

Exit code: 0 done, 1 not done.`;

export function addRestore(tradepost: Command, write: Write): void {
  keyOption(tradepost.command("restore"))
    .description("Brings a mesh back from a file of tradepost backup, into databases of nothing.")
    .argument("<file>", "of tradepost backup")
    .option("--check", "reads all of the file and restores nothing")
    .option("--json", "one JSON object")
    .addHelpText("after", RESTORE_HELP)
    .action((file: string, options: RestoreOptions) => bringBack(file, options, write));
  tradepost
    .command("republish")
    .description("Lets the outboxes of restored databases send all their events again.")
    .option("--json", "one JSON object")
    .addHelpText("after", REPUBLISH_HELP)
    .action((options: { json?: true }) => sendAgain(options.json ?? false, write));
}

async function bringBack(file: string, options: RestoreOptions, write: Write): Promise<void> {
  const key = await keyOf(options);
  if (options.check) {
    const manifest = await done("cannot be restored", checkBackup({ file, key }));
    write(options.json ? JSON.stringify({ file, ...manifest }) : inWords(manifest));
    return;
  }
  const telling = progress();
  const restoring = restore({ file, key, onTable: telling.table }, () => openTarget(process.env));
  const { manifest, events } = await done("not restored", restoring).finally(telling.end);
  write(
    options.json
      ? JSON.stringify({ file, events, ...manifest })
      : `${inWords(manifest)}\nRestored; ${events} events will be sent again.`,
  );
}

async function sendAgain(isJson: boolean, write: Write): Promise<void> {
  const events = await done(
    "not done",
    devPlaces(process.env).then(({ databaseUrls, brokers }) =>
      republish({ databaseUrls, brokers }),
    ),
  );
  write(isJson ? JSON.stringify({ events }) : `${events} events will be sent again.`);
}
