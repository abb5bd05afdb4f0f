/** Takes webhooks, and keeps of each no more than its id, in the order of arrival. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export interface HookReceiver {
  readonly url: string;
  readonly ids: readonly string[];
  stop(): void;
}

export async function openHookReceiver(): Promise<HookReceiver> {
  const ids: string[] = [];
  const server = createServer((request, response) => {
    request.resume().on("end", () => {
      ids.push(String(request.headers["webhook-id"]));
      response.writeHead(204).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ids,
    stop() {
      server.closeAllConnections();
      server.close();
    },
  };
}
