// `tradepost backup`: all databases of a mesh at work, as of one instant, in one file.
import { existsSync } from "node:fs";
import type { Command } from "commander";
import { backUp } from "../infra/backup/backup.ts";
import { devPlaces } from "../infra/verify/dev-places.ts";
import { type KeyOptions, keyOf, keyOption } from "./backup-key.ts";
import { done, inWords, progress } from "./backup-words.ts";
import { WrongUse } from "./wrong-use.ts";

interface BackupOptions extends KeyOptions {
  readonly unencrypted?: true;
  readonly json?: true;
}

const WHERE = `
The mesh of npm start, or: DATABASE_URL (the administrator's) or USER_DATABASE_URL …
ANALYTICS_DATABASE_URL. Requests go on; whoever writes is held back for a moment, which is told.
What is not in it: Kafka's log (the outboxes are, and send again), what Stripe knows, and the
variables and certificates of the processes.

Exit code: 0 done, 1 not done, and there is no file, 2 wrong use.`;

export function addBackup(tradepost: Command, write: (text: string) => void): void {
  keyOption(tradepost.command("backup"))
    .description("Saves all databases of a mesh at work, as of one instant, in a file.")
    .argument("<file>", "a new one; readable for its owner only")
    .option("--unencrypted", "without a key: whoever has the file can read it")
    .option("--json", "one JSON object")
    .addHelpText("after", WHERE)
    .action((file: string, options: BackupOptions) => backup(file, options, write));
}

async function backup(
  file: string,
  options: BackupOptions,
  write: (text: string) => void,
): Promise<void> {
  const { keyFile, unencrypted = false } = options;
  if ((keyFile === undefined) !== unencrypted) {
    throw new WrongUse("a backup holds what people gave: name a --key-file, or say --unencrypted");
  }
  const key = await keyOf(options);
  if (existsSync(file)) {
    throw new WrongUse(`${file} is there already`);
  }
  const telling = progress();
  const { bytes, manifest } = await done(
    "not backed up",
    devPlaces(process.env).then(({ databaseUrls }) =>
      backUp({ databaseUrls, file, key, onTable: telling.table }),
    ),
  ).finally(telling.end);
  const encrypted = key !== undefined;
  write(
    options.json
      ? JSON.stringify({ file, bytes, encrypted, ...manifest })
      : `${inWords(manifest)}\n${file}: ${bytes} bytes${encrypted ? "" : ", not encrypted"}; ` +
          `writers were held back for ${manifest.heldMs} ms`,
  );
}
