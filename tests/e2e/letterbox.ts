/** A mail server that keeps of each mail no more than its Message-ID, in the order of arrival. */
import type { AddressInfo } from "node:net";
import { SMTPServer } from "smtp-server";

export interface Letterbox {
  readonly url: string;
  readonly messageIds: readonly string[];
  stop(): Promise<void>;
}

export async function openLetterbox(): Promise<Letterbox> {
  const messageIds: string[] = [];
  const server = new SMTPServer({
    disabledCommands: ["AUTH", "STARTTLS"],
    disableReverseLookup: true,
    closeTimeout: 1_000,
    onData(stream, _session, done) {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("error", done);
      stream.on("end", () => {
        const [, id = ""] = /^Message-ID: <(.+)>\r$/im.exec(Buffer.concat(chunks).toString()) ?? [];
        messageIds.push(id);
        done();
      });
    },
  });
  // Its clients are killed in the middle.
  server.on("error", () => {});
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.server.address() as AddressInfo;
  return {
    url: `smtp://127.0.0.1:${port}`,
    messageIds,
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
