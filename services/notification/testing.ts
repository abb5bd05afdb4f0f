/** For tests only: the notification service over real gRPC, PostgreSQL and SMTP. */
import { NotificationServiceDefinition } from "#gen/tradepost/notification/v1/notification.ts";
import { OrderEvent } from "#gen/tradepost/order/v1/events.ts";
import { PaymentEvent } from "#gen/tradepost/payment/v1/events.ts";
import { UserEvent } from "#gen/tradepost/user/v1/events.ts";
import { changes } from "#kit/changes.ts";
import { silent } from "#kit/log.ts";
import { testDatabase, testService, tokenFor } from "#kit/testing.ts";
import { recordOf, testIntake } from "#kit/testing-intake.ts";
import { consumers } from "./consumers.ts";
import { whoseChanged } from "./inbox-store.ts";
import { mailing, prepareMails } from "./mails.ts";
import { notificationService } from "./service.ts";

export const supportMail = "support@example.com";

export async function notificationHouse() {
  const { db, url, drop } = await testDatabase("notification");
  await prepareMails(url);
  const watched = changes((userIds, last) => whoseChanged(db, userIds, last), silent);
  await watched.start();
  const rpcs = notificationService({ db, changes: watched });
  const service = await testService("notification", {
    rpcs: [[NotificationServiceDefinition, rpcs]],
  });
  return {
    db,
    ...testIntake("notification", db, consumers(supportMail)),
    async as(userId: string) {
      return service.client(NotificationServiceDefinition, { token: await tokenFor({ userId }) });
    },
    /** The worker that sends what is due, as a process of its own would. */
    mailing: (smtpUrl: string) =>
      mailing({ db, url, log: silent, smtpUrl, from: "shop@tradepost.dev", perSecond: 100 }),
    async stop() {
      await service.stop();
      await watched.stop();
      await drop();
    },
  };
}

export type House = Awaited<ReturnType<typeof notificationHouse>>;

const dollars = (amount: bigint) => ({ currencyCode: "USD", amount });

export const confirmed = (userId: string, orderId: string) =>
  recordOf(OrderEvent, orderId, {
    userId,
    orderId,
    items: [{ productId: "mug", quantity: 2 }],
    total: dollars(2_499n),
    fact: { $case: "confirmed", value: { paymentId: `pay-${orderId}` } },
  });

export const cancelled = (userId: string, orderId: string) =>
  recordOf(OrderEvent, orderId, { userId, orderId, fact: { $case: "cancelled", value: {} } });

export const shipped = (userId: string, orderId: string) =>
  recordOf(OrderEvent, orderId, { userId, orderId, fact: { $case: "shipped", value: {} } });

export const declined = (userId: string, orderId: string) =>
  recordOf(PaymentEvent, `pay-${orderId}`, {
    userId,
    orderId,
    amount: dollars(2_499n),
    fact: { $case: "failed", value: { declineCode: "generic_decline" } },
  });

export const refunded = (userId: string, orderId: string) =>
  recordOf(PaymentEvent, `pay-${orderId}`, {
    userId,
    orderId,
    amount: dollars(2_499n),
    fact: { $case: "refundedPart", value: { refundId: "re-1", amount: dollars(999n) } },
  });

export const disputed = (userId: string, orderId: string) =>
  recordOf(PaymentEvent, `pay-${orderId}`, {
    userId,
    orderId,
    amount: dollars(2_499n),
    fact: {
      $case: "disputed",
      value: { dispute: { id: "dp_1", amount: dollars(2_499n), reason: "fraudulent" } },
    },
  });

export const registered = (userId: string, email: string, sequence = 1n) =>
  recordOf(UserEvent, userId, {
    userId,
    email,
    fullName: "Ada Lovelace",
    sequence,
    fact: { $case: "registered", value: {} },
  });

export const updated = (userId: string, email: string, sequence: bigint) =>
  recordOf(UserEvent, userId, {
    userId,
    email,
    fullName: "Ada Lovelace",
    sequence,
    fact: { $case: "updated", value: {} },
  });
