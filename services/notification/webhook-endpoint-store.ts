/** The SQL of webhook endpoints, each found by its person only, and of their secrets. */
import { type Db, named, type Tx } from "#kit/db.ts";
import {
  type DisabledReason,
  type Endpoint,
  type EventType,
  endpointNotFound,
  MOST_ENDPOINTS,
  tooMany,
} from "./webhook-endpoint.ts";
import type { KeptSecret } from "./webhook-secrets.ts";

export interface Page {
  readonly after: { readonly createTime: Date; readonly id: string } | undefined;
  readonly limit: number;
}

/** Newest first. */
export async function listEndpoints(db: Db, userId: string, page: Page): Promise<Endpoint[]> {
  const { after, limit } = page;
  const { rows } = await db.query<EndpointRow>(list([userId, after?.createTime, after?.id, limit]));
  return rows.map(toEndpoint);
}

/** WEBHOOK_ENDPOINT_NOT_FOUND also for somebody else's. */
export async function getEndpoint(db: Db | Tx, userId: string, id: string): Promise<Endpoint> {
  const { rows } = await db.query<EndpointRow>(get([userId, id]));
  return found(rows[0], id);
}

/** The endpoint, so that nobody else changes it before this transaction ends. */
export async function lockEndpoint(tx: Tx, userId: string, id: string): Promise<Endpoint> {
  const { rows } = await tx.query<EndpointRow>(lock([userId, id]));
  return found(rows[0], id);
}

/** `audience`: whose lines it is to hear of. */
export async function addEndpoint(
  tx: Tx,
  endpoint: Endpoint,
  audience: string,
  secret: KeptSecret,
): Promise<void> {
  const { id, userId, url, eventTypes, description, createTime } = endpoint;
  // Of two at once the second counts what the first has added.
  await tx.query(queueUp([userId]));
  const values = [id, userId, audience, url, eventTypes, description, createTime, MOST_ENDPOINTS];
  const { rowCount } = await tx.query(add(values));
  if (rowCount === 0) {
    throw tooMany();
  }
  await tx.query(addSecretTo([id, secret.id, secret.secret, secret.isSealed, createTime]));
}

/** Of one that is locked. Whoever enables it has a new start. */
export async function saveEndpoint(tx: Tx, endpoint: Endpoint, audience: string): Promise<void> {
  const { id, url, eventTypes, description, disabled, version, updateTime } = endpoint;
  const { reason, time } = disabled ?? {};
  await tx.query(
    save([id, audience, url, eventTypes, description, reason, time, version, updateTime]),
  );
}

/** Of one that is locked, and its secrets. */
export async function deleteEndpoint(tx: Tx, id: string): Promise<void> {
  await tx.query(remove([id]));
}

/** Of an endpoint that is locked. The secret before signs for 24 hours more, those before it no more. */
export async function replaceSecret(
  tx: Tx,
  endpointId: string,
  { id, secret, isSealed }: KeptSecret,
  now: Date,
): Promise<void> {
  await tx.query(forgetSecretsOf([endpointId]));
  await tx.query(retireSecretOf([endpointId, now]));
  await tx.query(addSecretTo([endpointId, id, secret, isSealed, now]));
}

interface EndpointRow {
  readonly id: string;
  readonly user_id: string;
  readonly url: string;
  readonly event_types: EventType[];
  readonly description: string;
  readonly disabled_reason: DisabledReason | null;
  readonly disabled_time: Date | null;
  readonly version: bigint;
  readonly create_time: Date;
  readonly update_time: Date;
}

function found(row: EndpointRow | undefined, id: string): Endpoint {
  if (!row) {
    throw endpointNotFound(id);
  }
  return toEndpoint(row);
}

function toEndpoint(row: EndpointRow): Endpoint {
  const { disabled_reason: reason, disabled_time: time } = row;
  return {
    id: row.id,
    userId: row.user_id,
    url: row.url,
    eventTypes: row.event_types,
    description: row.description,
    disabled: reason && time ? { reason, time } : undefined,
    version: row.version,
    createTime: row.create_time,
    updateTime: row.update_time,
  };
}

const columns = `id, user_id, url, event_types, description, disabled_reason, disabled_time,
  version, create_time, update_time`;

const list = named(
  "webhook.endpoint.list",
  `select ${columns} from webhook_endpoints
    where user_id = $1 and ($2::timestamptz is null or (create_time, id) < ($2, $3::text))
    order by create_time desc, id desc
    limit $4`,
);

const get = named(
  "webhook.endpoint.get",
  `select ${columns} from webhook_endpoints where user_id = $1 and id = $2`,
);

const lock = named(
  "webhook.endpoint.lock",
  `select ${columns} from webhook_endpoints where user_id = $1 and id = $2 for update`,
);

const queueUp = named(
  "webhook.endpoint.queue-up",
  "select pg_advisory_xact_lock(hashtextextended('webhook endpoints of ' || $1, 0))",
);

const add = named(
  "webhook.endpoint.add",
  `insert into webhook_endpoints
          (id, user_id, audience, url, event_types, description, version, create_time, update_time)
   select $1, $2, $3, $4, $5::text[], $6, 1, $7::timestamptz, $7::timestamptz
    where (select count(*) from webhook_endpoints where user_id = $2) < $8::int`,
);

const save = named(
  "webhook.endpoint.save",
  `update webhook_endpoints
      set audience = $2, url = $3, event_types = $4, description = $5,
          disabled_reason = $6, disabled_time = $7, version = $8, update_time = $9,
          failing_since = case when disabled_time is null then failing_since end
    where id = $1`,
);

const remove = named("webhook.endpoint.remove", "delete from webhook_endpoints where id = $1");

const addSecretTo = named(
  "webhook.secret.add",
  `insert into webhook_secrets (id, endpoint_id, secret, is_sealed, create_time)
   values ($2, $1, $3, $4, $5)`,
);

const forgetSecretsOf = named(
  "webhook.secret.forget",
  "delete from webhook_secrets where endpoint_id = $1 and expire_time is not null",
);

const retireSecretOf = named(
  "webhook.secret.retire",
  `update webhook_secrets set expire_time = $2::timestamptz + interval '24 hours'
    where endpoint_id = $1 and expire_time is null`,
);
