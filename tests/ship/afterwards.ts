/** What an operator does once a mesh is back: asks what is wrong, and puts right what only Stripe knows. */
import assert from "node:assert/strict";
import { cp, mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Mesh } from "../../infra/dev/mesh.ts";
import { placesOf, verify } from "../e2e/operator.ts";
import { tradepost } from "../e2e/terminal.ts";

/** What survives when a mesh's folder is lost: Stripe is not ours. Makes the new folder. */
export async function keepStripe(from: string, to: string): Promise<void> {
  await mkdir(to);
  for (const name of ["sandbox", "stripe.json"]) {
    await cp(join(from, name), join(to, name), { recursive: true });
  }
}

/** What `tradepost verify` finds violated, and its exit code; it looked at everything. */
export async function violations(mesh: Mesh) {
  const { code, verdicts, violated, told } = await verify(mesh);
  assert.ok(verdicts.length > 0 && verdicts.every(({ skipped }) => !skipped), told);
  return { code, violated };
}

interface LostCharge {
  readonly orderId: string;
  /** Stripe's. */
  readonly reference: string;
}

/** Charges that `tradepost reconcile` finds at Stripe and nobody here knows of. */
export async function lostCharges(mesh: Mesh): Promise<readonly LostCharge[]> {
  const args = ["reconcile", "--json", "--timeout", "60000", "--address", mesh.addresses.payment];
  const { out, err } = await tradepost(args, placesOf(mesh));
  assert.ok(out, err);
  const { findings } = JSON.parse(out) as { findings: (LostCharge & { kind: string })[] };
  return findings.filter(({ kind }) => kind === "CHARGE_UNKNOWN");
}

/** As a person does in Stripe's dashboard. */
export async function payBack({ stripe }: Mesh, { reference }: LostCharge): Promise<void> {
  const answer = await fetch(`${stripe.url}/v1/refunds`, {
    method: "POST",
    headers: { authorization: `Bearer ${stripe.secretKey}` },
    body: new URLSearchParams({ payment_intent: reference }),
  });
  assert.equal(answer.status, 200, await answer.text());
}
