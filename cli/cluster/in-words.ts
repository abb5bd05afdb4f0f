import { table } from "../table.ts";
import type { Address } from "./addresses.ts";
import type { Cluster } from "./cluster.ts";

export function addressesInWords(addresses: readonly Address[], { target }: Cluster): string {
  const rows = addresses.map(({ name, url }) => [name, url]);
  const open = `They are open while this runs: tradepost open --target ${target}`;
  return `${table(["PAGE", "ADDRESS"], rows)}\n${open}`;
}
