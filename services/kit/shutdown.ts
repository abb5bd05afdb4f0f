// When a process ends, and how long it may take to.
import type { Log } from "./log.ts";

export interface ProcessOptions {
  readonly log: Log;
  /** Ends everything in order; called once. */
  readonly stop: () => Promise<void>;
  /** After this it ends whatever is left. */
  readonly hardStopMs: number;
}

/**
 * Stops on SIGTERM and SIGINT, and when the launcher that started this process is gone. A
 * second signal changes nothing: Ctrl-C reaches launcher and service, and the launcher tells
 * its services too. An error that nobody caught leaves the process in a state nobody knows, so
 * it is logged and the process ends at once.
 */
export function endWithProcess({ log, stop, hardStopMs }: ProcessOptions): void {
  let isStopping = false;
  async function end(why: string): Promise<void> {
    if (isStopping) {
      return;
    }
    isStopping = true;
    log.info({ why }, "stopping");
    const hardStop = setTimeout(() => {
      log.error("did not stop in time");
      process.exit(1);
    }, hardStopMs);
    try {
      await stop();
      log.info("stopped");
    } catch (error) {
      log.error({ err: error }, "stopping failed");
      process.exitCode = 1;
    }
    clearTimeout(hardStop);
    process.exit();
  }
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.on(signal, () => void end(signal));
  }
  if (process.channel) {
    process.once("disconnect", () => void end("the launcher is gone"));
  }
  const crash = (error: unknown) => {
    log.fatal({ err: error }, "nobody caught this");
    process.exit(1);
  };
  process.on("uncaughtException", crash);
  process.on("unhandledRejection", crash);
}
