// What the launcher says: a table for people, or a JSON object a line for programs.
import { colours } from "../colours.ts";
import type { Mesh } from "./mesh-handle.ts";
import { services } from "./services.ts";

export interface Voice {
  say(line: string): void;
  ready(mesh: Mesh, facts: { ms: number; bytes: number | undefined }): void;
  stopped(ms: number): void;
}

interface Row {
  readonly name: string;
  readonly address: string;
  readonly state: string;
  readonly readyMs: number | undefined;
}

export function jsonVoice(write: (text: string) => void): Voice {
  const tell = (event: string, fields: object) =>
    write(`${JSON.stringify({ event, time: new Date().toISOString(), ...fields })}\n`);
  return {
    say: (message) => tell("said", { message }),
    ready: (mesh, { ms, bytes }) => tell("ready", { ms, bytes, processes: rowsOf(mesh) }),
    stopped: (ms) => tell("stopped", { ms }),
  };
}

export function tableVoice(write: (text: string) => void): Voice {
  const { bold, dim, green, yellow } = colours();
  return {
    say: (line) => write(`${dim(clock())} ${line}\n`),
    ready(mesh, { ms, bytes }) {
      const rows = rowsOf(mesh);
      const width = Math.max(...rows.map(({ address }) => address.length));
      const lines = rows.map(({ name, address, state, readyMs }) => {
        const shown = state === "ready" ? green(state.padEnd(8)) : yellow(state.padEnd(8));
        const after = readyMs === undefined ? "" : dim(seconds(readyMs).padStart(7));
        return `  ${bold(name.padEnd(12))}  ${address.padEnd(width)}  ${shown}  ${after}`;
      });
      const memory = bytes === undefined ? "" : `, ${Math.round(bytes / 1e6)} MB of memory`;
      const summary = `The mesh is ready after ${seconds(ms)}${memory}.`;
      write(`\n${lines.join("\n")}\n\n${bold(summary)} ${dim(`Data: ${mesh.dir}`)}\n`);
      write(`\n${whatToTry(mesh, bold)}\n`);
    },
    stopped: (ms) => write(`${dim(clock())} stopped after ${seconds(ms)}\n`),
  };
}

function rowsOf(mesh: Mesh): Row[] {
  const { gatewayUrl, addresses, databaseUrls, stripe, mail, kafka, processes, readyMs } = mesh;
  const row = (name: string, address: string, process = name): Row => ({
    name,
    address,
    state: processes[process]?.pid === undefined ? "down" : "ready",
    readyMs: readyMs[process],
  });
  return [
    row("gateway", gatewayUrl),
    ...services.map((name) => row(name, addresses[name])),
    row("postgres", new URL(databaseUrls.user).host),
    {
      name: "kafka",
      address: kafka.brokers || "none",
      state: kafka.brokers ? (readyMs.kafka === undefined ? "starting" : "ready") : "left out",
      readyMs: readyMs.kafka,
    },
    stripe.url ? row("stripe", stripe.url, "edge") : row("stripe", "api.stripe.com", "edge"),
    row("mail", mail.url, "edge"),
  ];
}

/** Commands that work as printed, in any shell with curl and node. */
function whatToTry({ gatewayUrl, mail }: Mesh, bold: (text: string) => string): string {
  const login = `{"email":"demo@tradepost.dev","password":"tradepost-demo-1"}`;
  const order =
    `{"user_id":"user-123","items":[{"product_id":"prod-001","quantity":2}],` +
    `"shipping_address":{"street":"123 Main St","city":"SF","state":"CA",` +
    `"zip":"94105","country":"USA"},"payment_method":"pm_card_visa"}`;
  const type = `-H 'content-type: application/json'`;
  return `${bold("Sign in as the demo user, then order two of a thing:")}

  TOKEN=$(curl -s ${gatewayUrl}/api/v1/auth/login ${type} \\
    -d '${login}' \\
    | node -p 'JSON.parse(fs.readFileSync(0)).accessToken')

  curl -s ${gatewayUrl}/api/v1/orders ${type} -H "authorization: Bearer $TOKEN" \\
    -d '${order}'

${bold("Look at")}  ${gatewayUrl}/docs  the API
         ${mail.url}  the mails
         Ctrl-C stops everything; the data stays.`;
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}

function clock(): string {
  return new Date().toTimeString().slice(0, 8);
}
