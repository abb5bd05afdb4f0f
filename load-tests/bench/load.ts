/** Closed-loop load: N clients, each of which asks again when it has been answered. */
import { Agent, request } from "node:http";

export interface Load {
  readonly url: string;
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** A new one for each request. */
  readonly body?: (n: number) => string;
  readonly clients: number;
  readonly warmMs: number;
  readonly runMs: number;
  /** Any other status counts as an error. */
  readonly wanted: number;
}

export interface Figures {
  readonly clients: number;
  readonly answers: number;
  readonly perSecond: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
  readonly errors: number;
}

export async function run(load: Load): Promise<Figures> {
  const agent = new Agent({ keepAlive: true, maxSockets: load.clients });
  const begun = performance.now();
  const from = begun + load.warmMs;
  const to = from + load.runMs;
  const times: number[] = [];
  let errors = 0;
  let n = 0;
  await Promise.all(
    Array.from({ length: load.clients }, async () => {
      while (performance.now() < to) {
        const asked = performance.now();
        const status = await ask(load, agent, n++);
        const answered = performance.now();
        if (answered >= from && answered < to) {
          if (status === load.wanted) {
            times.push(answered - asked);
          } else {
            errors++;
          }
        }
      }
    }),
  );
  agent.destroy();
  times.sort((a, b) => a - b);
  const at = (share: number) => round(times[Math.floor(times.length * share)] ?? Number.NaN);
  return {
    clients: load.clients,
    answers: times.length,
    perSecond: round((times.length * 1_000) / load.runMs),
    p50: at(0.5),
    p95: at(0.95),
    p99: at(0.99),
    max: round(times.at(-1) ?? Number.NaN),
    errors,
  };
}

function ask(load: Load, agent: Agent, n: number): Promise<number> {
  const body = load.body?.(n);
  const headers = body
    ? { ...load.headers, "content-length": Buffer.byteLength(body) }
    : load.headers;
  return new Promise((resolve) => {
    const asking = request(
      `${load.url}${load.path}`,
      { agent, method: load.method, headers },
      (answer) => {
        answer.resume();
        answer.on("end", () => resolve(answer.statusCode ?? 0));
      },
    );
    asking.on("error", () => resolve(0));
    asking.end(body);
  });
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
