/** The rpcs of WebhookEndpointService, in the order of the .proto. */
import {
  RedeliverWebhookResponse,
  type WebhookEndpointServiceImplementation,
} from "#gen/tradepost/notification/v1/webhook_endpoint.ts";
import { type CallExtras, type Caller, hasRole } from "#kit/call.ts";
import { type Db, inTransaction } from "#kit/db.ts";
import { Fault } from "#kit/errors.ts";
import { once } from "#kit/idempotency.ts";
import { pageOf, pageSizeOf, readPageToken, textPart, timePart } from "#kit/page-token.ts";
import { uuidv7 } from "#kit/uuid.ts";
import { getDelivery, listDeliveries, redeliver } from "./webhook-delivery-store.ts";
import { change, type Endpoint, EVERYTHING, etagOf, stale } from "./webhook-endpoint.ts";
import {
  addEndpoint,
  deleteEndpoint,
  getEndpoint,
  listEndpoints,
  lockEndpoint,
  replaceSecret,
  saveEndpoint,
} from "./webhook-endpoint-store.ts";
import type { Guard } from "./webhook-guard.ts";
import {
  eventTypesOf,
  statesOf,
  toChanges,
  toDeliveryMessage,
  toEndpointMessage,
} from "./webhook-messages.ts";
import type { Secrets } from "./webhook-secrets.ts";

export interface WebhookDeps {
  readonly db: Db;
  readonly guard: Guard;
  readonly secrets: Secrets;
}

export function webhookEndpointService({
  db,
  guard,
  secrets,
}: WebhookDeps): WebhookEndpointServiceImplementation<CallExtras> {
  return {
    async listWebhookEndpoints({ pageSize, pageToken }, { call }) {
      const { userId } = call.caller;
      const filter = ["webhook-endpoints", userId];
      const size = pageSizeOf(pageSize);
      const after = readPlace(pageToken, filter);
      const endpoints = await listEndpoints(db, userId, { after, limit: size + 1 });
      const { rows, nextPageToken } = pageOf(endpoints, size, filter, placeOf);
      return { webhookEndpoints: rows.map((one) => toEndpointMessage(one)), nextPageToken };
    },

    async createWebhookEndpoint({ url, eventTypes, description }, { call }) {
      guard.check(url, "url");
      const now = new Date();
      const endpoint: Endpoint = {
        id: `whe_${uuidv7()}`,
        userId: call.caller.userId,
        url,
        eventTypes: eventTypesOf(eventTypes),
        description,
        disabled: undefined,
        version: 1n,
        createTime: now,
        updateTime: now,
      };
      const { told, kept } = secrets.make();
      await inTransaction(db, (tx) => addEndpoint(tx, endpoint, audienceOf(call.caller), kept));
      return { webhookEndpoint: toEndpointMessage(endpoint, told) };
    },

    async getWebhookEndpoint({ id }, { call }) {
      return { webhookEndpoint: toEndpointMessage(await getEndpoint(db, call.caller.userId, id)) };
    },

    async updateWebhookEndpoint({ id, webhookEndpoint, updateMask, etag }, { call }) {
      const changes = webhookEndpoint ? toChanges(webhookEndpoint, updateMask) : {};
      const changed = await inTransaction(db, async (tx) => {
        const endpoint = await lockEndpoint(tx, call.caller.userId, id);
        mustBeFresh(endpoint, etag);
        const next = change(endpoint, changes, new Date());
        if (next.url !== endpoint.url) {
          guard.check(next.url, "webhookEndpoint.url");
        }
        if (next !== endpoint) {
          await saveEndpoint(tx, next, audienceOf(call.caller));
        }
        return next;
      });
      return { webhookEndpoint: toEndpointMessage(changed) };
    },

    async deleteWebhookEndpoint({ id, etag }, { call }) {
      await inTransaction(db, async (tx) => {
        mustBeFresh(await lockEndpoint(tx, call.caller.userId, id), etag);
        await deleteEndpoint(tx, id);
      });
      return {};
    },

    async rotateWebhookSecret({ id }, { call }) {
      const { told, kept } = secrets.make();
      const endpoint = await inTransaction(db, async (tx) => {
        const locked = await lockEndpoint(tx, call.caller.userId, id);
        await replaceSecret(tx, id, kept, new Date());
        return locked;
      });
      return { webhookEndpoint: toEndpointMessage(endpoint, told) };
    },

    async listWebhookDeliveries({ endpointId, status, pageSize, pageToken }, { call }) {
      const states = statesOf(status).toSorted();
      const filter = ["webhook-deliveries", endpointId, states];
      const size = pageSizeOf(pageSize);
      const after = readPlace(pageToken, filter);
      await getEndpoint(db, call.caller.userId, endpointId);
      const found = await listDeliveries(db, endpointId, { states, after, limit: size + 1 });
      const { rows, nextPageToken } = pageOf(found, size, filter, placeOf);
      return { deliveries: rows.map(toDeliveryMessage), nextPageToken };
    },

    redeliverWebhook({ endpointId, id }, { call }) {
      return once(db, call, RedeliverWebhookResponse, async (tx) => {
        const endpoint = await getEndpoint(tx, call.caller.userId, endpointId);
        if (!(await getDelivery(tx, endpointId, id))) {
          throw new Fault("WEBHOOK_DELIVERY_NOT_FOUND", `no webhook delivery ${id}`);
        }
        if (endpoint.disabled) {
          throw wrongState(`webhook endpoint ${endpointId} is switched off`);
        }
        const due = await redeliver(tx, id);
        if (!due) {
          throw wrongState(`webhook delivery ${id} is not over`);
        }
        return { delivery: toDeliveryMessage(due) };
      });
    },
  };
}

/** What somebody's endpoints hear of. */
function audienceOf(caller: Caller): string {
  return hasRole(caller, "ADMIN") ? EVERYTHING : caller.userId;
}

function mustBeFresh(endpoint: Endpoint, etag: string | undefined): void {
  if (etag !== undefined && etag !== "*" && etag !== etagOf(endpoint)) {
    throw stale(endpoint.id);
  }
}

function wrongState(message: string): Fault {
  return new Fault("WRONG_WEBHOOK_DELIVERY_STATE", message);
}

interface Place {
  readonly createTime: Date;
  readonly id: string;
}

function placeOf({ createTime, id }: Place): readonly [string, string] {
  return [createTime.toISOString(), id];
}

function readPlace(token: string, filter: unknown): Place | undefined {
  const key = readPageToken(token, filter, [timePart, textPart]);
  return key && { createTime: key[0], id: key[1] };
}
