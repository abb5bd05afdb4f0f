// Who did what, when, from where and why: one row for each privileged act, in its transaction.
import type { Call } from "./call.ts";
import { named, type Tx } from "./db.ts";

export interface Act {
  /** `dead-letter.redrive` */
  readonly act: string;
  /** What it was done to. */
  readonly target: string;
  readonly reason: string;
  readonly before: object;
  readonly after: object;
}

/** The header that says where a person calls from; the rpc's option `headers` must name it. */
const addressHeader = "x-client-address";

/** Locks the trail until the transaction ends: to be written last. */
export async function audit(tx: Tx, call: Call, act: Act): Promise<void> {
  await tx.query(
    insert([
      actorOf(call),
      act.act,
      act.target,
      act.reason,
      call.header(addressHeader) ?? "",
      call.requestId,
      JSON.stringify(act.before),
      JSON.stringify(act.after),
    ]),
  );
}

function actorOf({ caller }: Call): string {
  return caller.userId || `service ${caller.service ?? ""}`;
}

const insert = named(
  "kit.audit.insert",
  `insert into audit (actor, act, target, reason, address, request_id, before, after)
   values ($1, $2, $3, $4, $5, $6, $7, $8)`,
);
