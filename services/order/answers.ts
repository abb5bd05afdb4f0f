/** What a call of CreateOrder was answered, kept so that a repeat of its key is answered the same. */
import { CreateOrderResponse } from "#gen/tradepost/order/v1/order.ts";
import { type Db, named } from "#kit/db.ts";
import { Fault } from "#kit/errors.ts";
import { codeOf, decodeDetails, encodeDetails } from "#kit/status.ts";
import { toMessage } from "./messages.ts";
import type { Order } from "./order.ts";

export const CREATE_ORDER = "tradepost.order.v1.OrderService/CreateOrder";

/**
 * The key that a caller sent with an order, and a hash of the request. All rpcs that place
 * orders share their keys, under the name of the first: a key never places two.
 */
export interface Key {
  readonly placedBy: string;
  readonly key: string;
  readonly requestHash: Buffer;
}

/** An answer as it went over the wire. */
export interface Kept {
  /** gRPC's code; 0 for an order. */
  readonly status: number;
  readonly details: Buffer | null;
  readonly bytes: Buffer | null;
}

export function keptOrder(order: Order): Kept {
  const bytes = CreateOrderResponse.encode({ order: toMessage(order) }).finish();
  return { status: 0, details: null, bytes: Buffer.from(bytes) };
}

/** A problem repeats the request id that the first caller was given. */
function keptFault(fault: Fault, requestId: string): Kept {
  return { status: codeOf(fault), details: encodeDetails(fault, requestId), bytes: null };
}

/** Why an order was rejected, as its caller is told. */
export function rejectionFault(order: Order): Fault {
  const { reason, detail, metadata } = order.rejection ?? {
    reason: "INTERNAL",
    detail: "",
    metadata: {},
  };
  return new Fault(reason as Fault["reason"], detail, {
    metadata: { ...metadata, orderId: order.id },
  });
}

/** What an order that has left PENDING is to its caller. */
export function keptOutcome(order: Order, requestId: string): Kept {
  return order.status === "REJECTED"
    ? keptFault(rejectionFault(order), requestId)
    : keptOrder(order);
}

/** Says again what was said. */
export function replay({ status, details, bytes }: Kept): CreateOrderResponse {
  if (status === 0 && bytes) {
    return CreateOrderResponse.decode(bytes);
  }
  throw (
    decodeDetails(details ?? undefined) ??
    new Error(`a kept answer of status ${status} has no details`)
  );
}

/**
 * What a key was answered; undefined while its first call runs.
 * IDEMPOTENCY_KEY_REUSED if it came with another request.
 */
export async function findAnswer(
  db: Db,
  { placedBy, key, requestHash }: Key,
): Promise<Kept | undefined> {
  const { rows } = await db.query<KeyRow>(select([placedBy, CREATE_ORDER, key]));
  const [row] = rows;
  if (row && !row.request_hash.equals(requestHash)) {
    throw new Fault("IDEMPOTENCY_KEY_REUSED", `key ${key} came with another request before`);
  }
  if (!row || row.status === null) {
    return undefined;
  }
  return { status: row.status, details: row.details, bytes: row.answer };
}

/** Whether a call came with this key before, whatever became of it. */
export async function isUsed(db: Db, { placedBy, key }: Key): Promise<boolean> {
  return (await db.query(select([placedBy, CREATE_ORDER, key]))).rows.length > 0;
}

/** Keeps why a call of a new key placed no order. False: the key was used before. */
export async function keepRefusal(
  db: Db,
  { placedBy, key, requestHash }: Key,
  fault: Fault,
  requestId: string,
): Promise<boolean> {
  const { status, details } = keptFault(fault, requestId);
  const { rowCount } = await db.query(
    refuse([placedBy, CREATE_ORDER, key, requestHash, status, details]),
  );
  return rowCount === 1;
}

/** Keeps an answer unless there is one; answers the one that counts. */
export async function keepAnswer(db: Db, { placedBy, key }: Key, kept: Kept): Promise<Kept> {
  const { rows } = await db.query<KeyRow>(
    keep([placedBy, CREATE_ORDER, key, kept.status, kept.details, kept.bytes]),
  );
  const [row] = rows;
  return row?.status == null
    ? kept
    : { status: row.status, details: row.details, bytes: row.answer };
}

interface KeyRow {
  request_hash: Buffer;
  status: number | null;
  details: Buffer | null;
  answer: Buffer | null;
}

const select = named(
  "order.answer.find",
  `select request_hash, status, details, answer
     from idempotency_keys
    where caller = $1 and rpc = $2 and key = $3`,
);

const refuse = named(
  "order.answer.refuse",
  `insert into idempotency_keys (caller, rpc, key, request_hash, status, details)
   values ($1, $2, $3, $4, $5, $6)
   on conflict do nothing`,
);

const keep = named(
  "order.answer.keep",
  `update idempotency_keys
      set details = case when status is null then $5 else details end,
          answer = case when status is null then $6 else answer end,
          status = coalesce(status, $4)
    where caller = $1 and rpc = $2 and key = $3
   returning request_hash, status, details, answer`,
);
