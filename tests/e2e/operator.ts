/** `tradepost` as those who run a mesh ask it. */
import type { Mesh } from "../../infra/dev/mesh.ts";
import { services } from "../../infra/dev/services.ts";
import type { Verdict } from "../../infra/verify/check.ts";
import { tradepost } from "./terminal.ts";

/** Where a mesh is, for `tradepost`. */
export function placesOf(mesh: Mesh): NodeJS.ProcessEnv {
  const urls = services.map((name) => [
    `${name.toUpperCase()}_DATABASE_URL`,
    mesh.databaseUrls[name],
  ]);
  return {
    ...Object.fromEntries(urls),
    KAFKA_BROKERS: mesh.kafka.brokers,
    STRIPE_API_BASE: mesh.stripe.url,
    TRADEPOST_DIR: mesh.dir,
  };
}

export interface Verified {
  readonly code: number | null;
  readonly verdicts: readonly Verdict[];
  /** Of the verdicts. */
  readonly violated: readonly Verdict[];
  readonly told: string;
}

export async function verify(mesh: Mesh): Promise<Verified> {
  const { code, out, err } = await tradepost(["verify", "--json"], placesOf(mesh));
  const { verdicts } = JSON.parse(out || '{"verdicts":[]}') as { verdicts: Verdict[] };
  return { code, verdicts, violated: verdicts.filter(({ count }) => count > 0), told: err };
}
