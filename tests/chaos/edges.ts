/** What lies between the processes: a proxy for each pair, so that any one line can be broken. */
import type { Between } from "../../infra/dev/standpoint.ts";
import { openProxy, type TcpProxy } from "./proxy.ts";

type EdgeKind =
  | "gateway→service"
  | "service→service"
  | "service→postgres"
  | "service→kafka"
  | "payment→provider";

interface Edge {
  readonly kind: EdgeKind;
  readonly from: string;
  readonly to: string;
  readonly proxy: TcpProxy;
}

export interface Edges {
  readonly between: Between;
  readonly all: readonly Edge[];
  heal(): void;
  stop(): Promise<void>;
}

export function openEdges(): Edges {
  const all: Edge[] = [];
  return {
    all,
    async between(from, to, port) {
      const kind = kindOf(from, to);
      const proxy = await openProxy(port, { rewrite: to === "kafka" });
      all.push({ kind, from, to, proxy });
      return proxy.port;
    },
    heal() {
      for (const { proxy } of all) {
        proxy.set("upstream", undefined);
        proxy.set("downstream", undefined);
      }
    },
    async stop() {
      await Promise.all(all.map(({ proxy }) => proxy.stop()));
    },
  };
}

function kindOf(from: string, to: string): EdgeKind {
  switch (to) {
    case "postgres":
      return "service→postgres";
    case "kafka":
      return "service→kafka";
    case "stripe":
      return "payment→provider";
    default:
      return from.startsWith("gateway") ? "gateway→service" : "service→service";
  }
}
