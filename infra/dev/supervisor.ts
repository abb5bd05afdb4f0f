import { setTimeout as sleep } from "node:timers/promises";
import type { ServerProcess } from "./server-process.ts";

export interface SuperviseOptions {
  readonly name: string;
  /**
   * Returns when the process can be talked to, and tells its pid before. Once the signal is given,
   * it rejects and leaves no process.
   */
  start(signal: AbortSignal, spawned: (pid: number) => Promise<void>): Promise<ServerProcess>;
  /** Hears one line for each thing that goes wrong. */
  say(line: string): void;
  /** Hears the pid of each process, the first and those after a restart. */
  spawned?(pid: number): Promise<void>;
}

export interface Supervised {
  readonly name: string;
  /** Undefined while it is down. */
  readonly pid: number | undefined;
  readonly restartCount: number;
  /** Set once it is given up: its configuration is bad. */
  readonly failure: string | undefined;
  start(): Promise<void>;
  /** Ends it and leaves it so. */
  stop(): Promise<void>;
  /** The supervisor brings it back, no sooner than after `downMs`. */
  kill9(downMs?: number): void;
  /** It too may end it: then it is brought back. */
  signal(name: NodeJS.Signals): void;
}

const FIRST_DELAY_MS = 100;
const LONGEST_DELAY_MS = 5_000;
/** One that has lived this long is started again without further delay. */
const HEALTHY_MS = 10_000;
/** kit/config.ts: another start would end the same way. */
const BAD_CONFIGURATION = "exit code 2";

/** Keeps a process running: one that dies is started again, after a delay that doubles. */
export function supervise({ name, start, say, spawned }: SuperviseOptions): Supervised {
  let server: ServerProcess | undefined;
  let startedAt = 0;
  let restartCount = 0;
  let failure: string | undefined;
  let ended: Promise<void> = Promise.resolve();
  let downMs = 0;
  let wanted: AbortController | undefined;

  async function launch(signal: AbortSignal): Promise<ServerProcess> {
    const launched = await start(signal, async (pid) => spawned?.(pid));
    startedAt = Date.now();
    server = launched;
    return launched;
  }

  async function keep(first: ServerProcess, { signal }: AbortController): Promise<void> {
    let current: ServerProcess | undefined = first;
    let delay = FIRST_DELAY_MS;
    while (!signal.aborted) {
      const reason: string | undefined = await current?.exited;
      server = undefined;
      if (signal.aborted) {
        return;
      }
      if (reason === BAD_CONFIGURATION) {
        failure = `${name} was not started again: its configuration is bad`;
        return say(failure);
      }
      delay = Date.now() - startedAt > HEALTHY_MS ? FIRST_DELAY_MS : delay;
      if (current) {
        say(`${name} ended (${reason}); it is started again`);
      }
      await sleep(Math.max(delay, downMs), undefined, { signal }).catch(() => {});
      downMs = 0;
      delay = Math.min(delay * 2, LONGEST_DELAY_MS);
      current = signal.aborted ? undefined : await launch(signal).catch(tell);
      restartCount += current ? 1 : 0;
    }
    await current?.stop();
  }

  function tell(error: Error): undefined {
    say(`${name} could not be started: ${error.message}`);
  }

  return {
    name,
    get pid() {
      return server?.pid;
    },
    get restartCount() {
      return restartCount;
    },
    get failure() {
      return failure;
    },
    async start() {
      const controller = new AbortController();
      wanted = controller;
      const launched = launch(controller.signal);
      ended = launched.then(
        (first) => keep(first, controller),
        () => {},
      );
      await launched;
    },
    async stop() {
      wanted?.abort();
      await server?.stop();
      await ended;
      server = undefined;
    },
    kill9(ms = 0) {
      downMs = ms;
      server?.kill();
    },
    signal: (name) => server?.signal(name),
  };
}
