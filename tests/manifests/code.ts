/** What the code itself declares, for the manifests to be compared with. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { descriptors } from "#gen/descriptors.ts";
import { serviceOf } from "#kit/config.ts";
import { contractOf, packageOf } from "../../gateway/contract/contract.ts";
import { root } from "../../infra/dev/root.ts";
import { type ServiceName, services } from "../../infra/dev/services.ts";
import type { ProgramName } from "../../infra/environment/shapes.ts";
import { consumers as analytics } from "../../services/analytics/consumers.ts";
import { consumers as notification } from "../../services/notification/consumers.ts";
import { disputes } from "../../services/order/disputes.ts";

/** Files of a folder, those of tests left out. */
async function sources(folder: string): Promise<readonly string[]> {
  const files = await readdir(join(root, folder), { recursive: true });
  const own = files.filter((file) => /\.ts$/.test(file) && !/\.test\.ts$|testing/.test(file));
  return Promise.all(own.map((file) => readFile(join(root, folder, file), "utf8")));
}

/** Services whose clients this code makes: `client(OrderServiceDefinition)`. */
function clientsIn(texts: readonly string[]): Set<string> {
  return new Set(
    texts.flatMap((text) =>
      [...text.matchAll(/\bclient\((\w+Definition)\)/g)].map(([, definition]) => {
        const from = new RegExp(`\\b${definition}\\b[^;]*from "#gen/(tradepost/[^"]+)/\\w+\\.ts"`);
        return serviceOf(from.exec(text)?.[1]?.replaceAll("/", ".") ?? "");
      }),
    ),
  );
}

/** `order>product` for every program that calls a service. */
export async function callsInCode(): Promise<ReadonlySet<string>> {
  const calls = new Set<string>();
  const { rpcs } = contractOf(descriptors);
  for (const { method, options } of rpcs) {
    if (options.http.length > 0 && options.servedBy === undefined) {
      calls.add(`gateway>${serviceOf(packageOf(method.parent))}`);
    }
  }
  const ofAll = clientsIn(await sources("services/kit"));
  for (const name of services) {
    const texts = await sources(`services/${name}`);
    // Whoever checks tokens itself has no need of the kit's way.
    const checksItself = texts.some((text) => /^ {4}async check\(token\)/m.test(text));
    for (const called of new Set([...clientsIn(texts), ...(checksItself ? [] : ofAll)])) {
      calls.add(`${name}>${called}`);
    }
  }
  return calls;
}

/** The topics that each service hears. */
export const heard: Readonly<Partial<Record<ServiceName, readonly string[]>>> = {
  order: [disputes.topic],
  notification: notification("support@example.com").map(({ topic }) => topic),
  analytics: analytics.map(({ topic }) => topic),
};

/** Services with a `subscription(…)` anywhere, so that one is not forgotten above. */
export async function listeners(): Promise<readonly ServiceName[]> {
  const all = await Promise.all(
    services.map(async (name) => {
      const texts = await sources(`services/${name}`);
      return texts.some((text) => /\bsubscription\(\{/.test(text)) ? [name] : [];
    }),
  );
  return all.flat();
}

/** As the dev mesh and the manifests name it. */
export function databaseOf(program: ProgramName): string {
  return `tradepost_${program}`;
}
