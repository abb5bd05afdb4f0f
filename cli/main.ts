#!/usr/bin/env node
// `tradepost`: the mesh from a terminal.
import { Command, CommanderError } from "commander";
import { BadConfiguration } from "#kit/config.ts";
import { addAnalytics } from "./analytics.ts";
import { addBackup } from "./backup.ts";
import { type CallOptions, call } from "./call.ts";
import { addDown } from "./cluster/down.ts";
import { addOpen } from "./cluster/open.ts";
import { addStatus } from "./cluster/status.ts";
import { addUp } from "./cluster/up.ts";
import { addDlq } from "./dlq.ts";
import { CallFailed } from "./failure.ts";
import { addReconcile } from "./reconcile.ts";
import { addRestore } from "./restore.ts";
import { targetOptions } from "./target-options.ts";
import { addVerify } from "./verify.ts";
import { WrongUse } from "./wrong-use.ts";

const EXAMPLE = `
Example:
  tradepost call tradepost.product.v1.ProductService/GetProduct '{"id": "prod-001"}'

Exit code: 0 answered, 1 refused or not reached, 2 wrong use.`;

process.exitCode = await main(process.argv);

async function main(args: readonly string[]): Promise<number> {
  try {
    await program().parseAsync(args);
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) {
      return error.exitCode === 0 ? 0 : 2;
    }
    if (error instanceof WrongUse || error instanceof BadConfiguration) {
      process.stderr.write(`${error.message}\n`);
      return 2;
    }
    if (error instanceof CallFailed) {
      process.stderr.write(`${error.message}\n`);
      return 1;
    }
    throw error;
  }
}

function program(): Command {
  const tradepost = new Command("tradepost");
  tradepost
    .description("Talks to the services of a Tradepost mesh.")
    .exitOverride()
    .showSuggestionAfterError(false);
  const write = (text: string) => void process.stdout.write(`${text}\n`);
  targetOptions(tradepost.command("call"))
    .description("Calls an rpc over gRPC: the dev mesh's, unless told otherwise.")
    .argument("<rpc>", "tradepost.product.v1.ProductService/GetProduct")
    .argument("[json]", "the request as proto3 JSON", "{}")
    .addHelpText("after", EXAMPLE)
    .action((rpc: string, json: string, options: CallOptions) => call(rpc, json, options, write));
  addAnalytics(tradepost, write);
  addBackup(tradepost, write);
  addDlq(tradepost, write);
  addReconcile(tradepost, write);
  addRestore(tradepost, write);
  addVerify(tradepost, write);
  addUp(tradepost, write);
  addStatus(tradepost, write);
  addOpen(tradepost, write);
  addDown(tradepost, write);
  return tradepost;
}
