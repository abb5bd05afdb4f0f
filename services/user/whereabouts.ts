// Where a call comes from, as far as its person recognises it.
import type { Metadata } from "nice-grpc-common";

export interface Whereabouts {
  /** The program's User-Agent; "" if it names none. */
  readonly device: string;
  /** As the gateway saw it; "" if nobody did. */
  readonly address: string;
}

/** More than browsers say, and than an address has. */
const maxLength = 255;

export function whereaboutsOf(metadata: Metadata): Whereabouts {
  const text = (name: string) => String(metadata.get(name) ?? "").slice(0, maxLength);
  return { device: text("x-client-agent"), address: text("x-client-address") };
}
