/** For tests only: the webhooks' rpcs over real gRPC, what they hear, and the worker that sends. */
import { WebhookEndpointServiceDefinition } from "#gen/tradepost/notification/v1/webhook_endpoint.ts";
import { OrderEvent } from "#gen/tradepost/order/v1/events.ts";
import { PaymentEvent } from "#gen/tradepost/payment/v1/events.ts";
import type { RoleName } from "#kit/call.ts";
import { silent } from "#kit/log.ts";
import { testDatabase, testService, tokenFor } from "#kit/testing.ts";
import { recordOf, testIntake } from "#kit/testing-intake.ts";
import { until } from "#kit/testing-until.ts";
import { consumers } from "./consumers.ts";
import { prepareJobs } from "./jobs.ts";
import type { Delivery } from "./webhook-delivery-store.ts";
import { type Guard, webhookGuard } from "./webhook-guard.ts";
import { webhookSecrets } from "./webhook-secrets.ts";
import { webhookSending } from "./webhook-sending.ts";
import { webhookEndpointService } from "./webhook-service.ts";

/** Lets receivers on this machine be written to. */
export const openGuard = webhookGuard({ allowsPrivate: true });

export interface WebhookHouseOptions {
  /** Of the rpcs; absent: as in production. */
  readonly guard?: Guard;
  readonly key?: Buffer;
}

export interface SendingOptions {
  /** Absent: one that lets all through. */
  readonly guard?: Guard;
  readonly limitMs?: number;
}

export async function webhookHouse({ guard, key }: WebhookHouseOptions = {}) {
  const { db, url, drop } = await testDatabase("notification");
  await prepareJobs(url);
  const secrets = webhookSecrets(key);
  const rpcs = webhookEndpointService({
    db,
    secrets,
    guard: guard ?? webhookGuard({ allowsPrivate: false }),
  });
  const service = await testService("notification", {
    rpcs: [[WebhookEndpointServiceDefinition, rpcs]],
  });
  const house = {
    db,
    url,
    ...testIntake("notification", db, consumers("support@example.com")),
    async as(userId: string, role: RoleName = "MERCHANT") {
      const token = await tokenFor({ userId, roles: [role] });
      return service.client(WebhookEndpointServiceDefinition, { token });
    },
    /** A worker that sends what is due, as a process of its own would. */
    sending: (options: SendingOptions = {}) =>
      webhookSending({ db, url, log: silent, secrets, guard: openGuard, ...options }),
    /** The same, at work as long as that lasts. */
    async whileSending(options: SendingOptions, work: () => Promise<void>): Promise<void> {
      const worker = house.sending(options);
      await worker.start();
      try {
        await work();
      } finally {
        await worker.stop();
      }
    },
    /** An endpoint that hears everything. */
    async endpointOf(userId: string, to: string) {
      const person = await house.as(userId, "ADMIN");
      const { webhookEndpoint } = await person.createWebhookEndpoint({ url: to });
      const { id = "", secret = "" } = webhookEndpoint ?? {};
      return {
        person,
        id,
        secret,
        state: async () => (await person.getWebhookEndpoint({ id })).webhookEndpoint,
        remove: () => person.deleteWebhookEndpoint({ id }),
      };
    },
    /** The deliveries of an endpoint, oldest first. */
    async deliveries(endpointId: string) {
      const { rows } = await db.query<DeliveryRow>(
        `select id, event_type as "eventType", status, attempts, payload,
                last_status as "lastStatus", last_error as "lastError", last_ms as "lastMs",
                next_time as "nextTime"
           from webhook_deliveries where endpoint_id = $1 order by create_time, id`,
        [endpointId],
      );
      return rows;
    },
    /** Ends when all deliveries of an endpoint are as wanted, and there are some. */
    async settled(endpointId: string, isWanted: (delivery: DeliveryRow) => boolean) {
      let rows: DeliveryRow[] = [];
      await until(async () => {
        rows = await house.deliveries(endpointId);
        return rows.length > 0 && rows.every(isWanted);
      });
      return rows;
    },
    /** As if the time of all that waits for another try had come. */
    async dueNow() {
      await db.query(
        `with waiting as (
           update graphile_worker._private_jobs set run_at = now()
            where locked_at is null and run_at > now()
           returning payload->>'id' as id
         )
         update webhook_deliveries set next_time = now() where id in (select id from waiting)`,
      );
      await db.query(`select pg_notify('jobs:insert', '{"count": 9}')`);
    },
    async stop() {
      await service.stop();
      await drop();
    },
  };
  return house;
}

export type WebhookHouse = Awaited<ReturnType<typeof webhookHouse>>;

export type DeliveryRow = Pick<
  Delivery,
  "id" | "eventType" | "status" | "attempts" | "lastStatus" | "lastError" | "lastMs" | "nextTime"
> & { readonly payload: string };

const dollars = (amount: bigint) => ({ currencyCode: "USD", amount });

/** Two lines of merchant m1, 30 dollars, and one of m2, 5; with shipping, 39. */
export const anOrder = (orderId: string, fact: OrderEvent["fact"]) =>
  recordOf(OrderEvent, orderId, {
    userId: "buyer",
    orderId,
    items: [
      { productId: "mug", merchantId: "m1", name: "Mug", quantity: 2, subtotal: dollars(2_000n) },
      { productId: "cup", merchantId: "m1", name: "Cup", quantity: 1, subtotal: dollars(1_000n) },
      { productId: "pen", merchantId: "m2", name: "Pen", quantity: 1, subtotal: dollars(500n) },
    ],
    subtotal: dollars(3_500n),
    discounts: dollars(-100n),
    shipping: dollars(500n),
    tax: dollars(0n),
    total: dollars(3_900n),
    fact,
  });

export const anOrderConfirmed = (orderId: string) =>
  anOrder(orderId, { $case: "confirmed", value: { paymentId: `pay-${orderId}` } });

export const aPayment = (orderId: string, fact: PaymentEvent["fact"]) =>
  recordOf(PaymentEvent, `pay-${orderId}`, {
    paymentId: `pay-${orderId}`,
    userId: "buyer",
    orderId,
    amount: dollars(3_900n),
    refunded: dollars(1_200n),
    fact,
  });
