// Takes every mail and SMS that the mesh sends in development, and shows it. Nothing leaves the machine.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { SMTPServer } from "smtp-server";
import { createMailbox, type Mailbox } from "./mailbox.ts";
import { listPage, mailPage, samplePage, samplesPage, textsPage } from "./pages.ts";
import { sampleOf } from "./samples.ts";
import { createTexts, type Texts } from "./texts.ts";

export interface MailSink {
  /** For SMTP_URL. */
  readonly smtpUrl: string;
  readonly httpUrl: string;
  stop(): Promise<void>;
}

const CAPACITY = 1_000;
const MAX_MAIL_BYTES = 1_048_576;

/** Port 0 takes a free one. */
export async function startMailSink(ports: {
  smtpPort: number;
  httpPort: number;
}): Promise<MailSink> {
  const mailbox = createMailbox(CAPACITY);
  const texts = createTexts(CAPACITY);
  const smtp = smtpServer(mailbox);
  const http = createServer((request, response) => {
    answer(mailbox, texts, request, response).catch((error) => {
      response.writeHead(500).end(String(error));
    });
  });
  const smtpPort = await listen(smtp.server as unknown as Server, ports.smtpPort);
  const httpPort = await listen(http, ports.httpPort);
  return {
    smtpUrl: `smtp://127.0.0.1:${smtpPort}`,
    httpUrl: `http://127.0.0.1:${httpPort}`,
    async stop() {
      http.closeAllConnections();
      await Promise.all([
        new Promise<void>((resolve) => http.close(() => resolve())),
        new Promise<void>((resolve) => smtp.close(() => resolve())),
      ]);
    },
  };
}

function smtpServer(mailbox: Mailbox): SMTPServer {
  const server = new SMTPServer({
    disabledCommands: ["AUTH", "STARTTLS"],
    disableReverseLookup: true,
    closeTimeout: 1_000,
    size: MAX_MAIL_BYTES,
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("error", done);
      stream.on("end", () => {
        if (stream.sizeExceeded) {
          done(Object.assign(new Error("mail is over 1 MiB"), { responseCode: 552 }));
          return;
        }
        const { mailFrom, rcptTo } = session.envelope;
        mailbox.add({
          from: mailFrom ? mailFrom.address : "",
          to: rcptTo.map(({ address }) => address),
          raw: Buffer.concat(chunks),
          receivedAt: new Date(),
        });
        done();
      });
    },
  });
  // A client that goes away in the middle is no reason to stop.
  server.on("error", () => {});
  return server;
}

const OF_TWILIO = /^\/2010-04-01\/Accounts\/\w+\/Messages\.json$/;

async function answer(
  mailbox: Mailbox,
  texts: Texts,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? "/", "http://sink");
  const [, id, extension] = /^\/mails\/(\d+)(\.html)?$/.exec(url.pathname) ?? [];
  const to = url.searchParams.get("to") ?? undefined;
  if (request.method === "POST" && OF_TWILIO.test(url.pathname)) {
    await texts.take(request, response);
  } else if (request.method !== "GET") {
    response.writeHead(405, { allow: "GET" }).end();
  } else if (url.pathname === "/") {
    html(response, listPage(await mailbox.list({})));
  } else if (url.pathname === "/samples") {
    html(response, samplesPage());
  } else if (url.pathname.startsWith("/samples/")) {
    const sample = sampleOf(url.pathname.slice("/samples/".length));
    if (sample) {
      html(response, samplePage(sample));
    } else {
      response.writeHead(404).end();
    }
  } else if (url.pathname === "/mails") {
    const limit = Number(url.searchParams.get("limit") ?? 100) || 100;
    json(response, { mails: await mailbox.list({ to, limit }) });
  } else if (url.pathname === "/texts") {
    json(response, { texts: texts.list(to) });
  } else if (url.pathname === "/texts.html") {
    html(response, textsPage(texts.list(to)));
  } else {
    const mail = id ? await mailbox.get(Number(id)) : undefined;
    if (!mail) {
      response.writeHead(404).end();
    } else if (extension) {
      html(response, mailPage(mail));
    } else {
      json(response, mail);
    }
  }
}

function json(response: ServerResponse, value: unknown): void {
  response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(value));
}

function html(response: ServerResponse, page: string): void {
  const policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";
  response
    .writeHead(200, {
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": policy,
    })
    .end(page);
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => {
      server.off("error", reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}
