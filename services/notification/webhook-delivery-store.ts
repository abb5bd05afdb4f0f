/** The SQL of deliveries as their person sees them. */
import { type Db, named, type Tx } from "#kit/db.ts";
import type { EventType } from "./webhook-endpoint.ts";
import { addJob } from "./webhook-jobs.ts";
import type { PostError } from "./webhook-post.ts";

export type DeliveryState = "PENDING" | "SUCCEEDED" | "FAILED";

export interface Delivery {
  readonly id: string;
  readonly endpointId: string;
  readonly eventId: string;
  readonly eventType: EventType;
  readonly status: DeliveryState;
  readonly attempts: number;
  readonly lastStatus: number | null;
  readonly lastError: PostError | null;
  readonly lastTime: Date | null;
  readonly lastMs: number | null;
  readonly nextTime: Date | null;
  readonly createTime: Date;
  readonly updateTime: Date;
}

export interface Page {
  /** Empty: any. */
  readonly states: readonly DeliveryState[];
  readonly after: { readonly createTime: Date; readonly id: string } | undefined;
  readonly limit: number;
}

/** Newest first. */
export async function listDeliveries(
  db: Db,
  endpointId: string,
  { states, after, limit }: Page,
): Promise<Delivery[]> {
  const values = [endpointId, states, after?.createTime, after?.id, limit];
  return (await db.query<Delivery>(list(values))).rows;
}

export async function getDelivery(
  tx: Tx,
  endpointId: string,
  id: string,
): Promise<Delivery | undefined> {
  return (await tx.query<Delivery>(get([endpointId, id]))).rows[0];
}

/** Makes a delivery that is over due again, now; undefined: it is not over. */
export async function redeliver(tx: Tx, id: string): Promise<Delivery | undefined> {
  const { rows } = await tx.query<Delivery>(again([id]));
  if (rows[0]) {
    await tx.query(sendAgain([id]));
  }
  return rows[0];
}

const columns = `id, endpoint_id as "endpointId", event_id as "eventId",
  event_type as "eventType", status, attempts, last_status as "lastStatus",
  last_error as "lastError", last_time as "lastTime", last_ms as "lastMs",
  next_time as "nextTime", create_time as "createTime", update_time as "updateTime"`;

const list = named(
  "webhook.delivery.list",
  `select ${columns} from webhook_deliveries
    where endpoint_id = $1 and (cardinality($2::text[]) = 0 or status = any ($2))
      and ($3::timestamptz is null or (create_time, id) < ($3, $4::text))
    order by create_time desc, id desc
    limit $5`,
);

const get = named(
  "webhook.delivery.get",
  `select ${columns} from webhook_deliveries where endpoint_id = $1 and id = $2`,
);

const again = named(
  "webhook.delivery.again",
  `update webhook_deliveries
      set status = 'PENDING', tries = 0, next_time = now(), update_time = now()
    where id = $1 and status <> 'PENDING'
   returning ${columns}`,
);

const sendAgain = named(
  "webhook.delivery.send-again",
  `select ${addJob} from webhook_deliveries where id = $1`,
);
