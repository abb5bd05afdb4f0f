/** Whether the services have heard of an order all that was said of it. */
import type { Mesh } from "../../infra/dev/mesh.ts";
import { type ServiceName, services } from "../../infra/dev/services.ts";
import { ask } from "../../infra/verify/evidence.ts";

interface Voice {
  readonly from: ServiceName;
  readonly to: readonly ServiceName[];
  /** The ids of what it has said of an order. */
  said(orderId: string): string;
}

const VOICES: readonly Voice[] = [
  {
    from: "order",
    to: ["notification", "analytics"],
    said: (orderId) => `select event_id as id from outbox where key = '${orderId}'`,
  },
  {
    from: "payment",
    to: ["order", "notification", "analytics"],
    said: (orderId) =>
      `select event_id as id from outbox
        where key in (select id::text from payments where order_id = '${orderId}')`,
  },
];

/** What of one order was said and not heard: `payment to order: 2`. */
export async function unheard(mesh: Mesh, orderId: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (const voice of VOICES) {
    const said = await idsIn(mesh, voice.from, voice.said(orderId));
    if (said.length === 0) {
      found.push(`${voice.from} has said nothing`);
    }
    for (const to of voice.to) {
      const heard = new Set(await idsIn(mesh, to, "select event_id as id from inbox"));
      const missing = said.filter((id) => !heard.has(id));
      if (missing.length > 0) {
        found.push(`${voice.from} to ${to}: ${missing.length}`);
      }
    }
  }
  return found;
}

const DEAD_LETTERS = "select type || ': ' || error as id from dead_letters";

/** What a service could not take in, of old and new. */
export async function deadLetters(mesh: Mesh): Promise<readonly string[]> {
  const found = services.map(async (service) => {
    const letters = await idsIn(mesh, service, DEAD_LETTERS);
    return letters.map((letter) => `${service}: ${letter}`);
  });
  return (await Promise.all(found)).flat();
}

async function idsIn(mesh: Mesh, service: ServiceName, sql: string): Promise<string[]> {
  const [rows = []] = await ask(mesh.databaseUrls[service], [sql]);
  return (rows as { id: string }[]).map(({ id }) => id);
}
