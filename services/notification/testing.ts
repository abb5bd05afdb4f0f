/** For tests only: the notification service over real gRPC, PostgreSQL and SMTP. */
import { NotificationServiceDefinition } from "#gen/tradepost/notification/v1/notification.ts";
import { PushServiceDefinition } from "#gen/tradepost/notification/v1/push.ts";
import { ScheduleServiceDefinition } from "#gen/tradepost/notification/v1/schedule.ts";
import { OrderEvent } from "#gen/tradepost/order/v1/events.ts";
import { PaymentEvent } from "#gen/tradepost/payment/v1/events.ts";
import { UserEvent } from "#gen/tradepost/user/v1/events.ts";
import type { RoleName } from "#kit/call.ts";
import { changes } from "#kit/changes.ts";
import { silent } from "#kit/log.ts";
import { testDatabase, testService, tokenFor } from "#kit/testing.ts";
import { recordOf, testIntake } from "#kit/testing-intake.ts";
import { consumers } from "./consumers.ts";
import { whoseChanged } from "./inbox-store.ts";
import { prepareJobs } from "./jobs.ts";
import type { IssueToken } from "./mail-tokens.ts";
import { mailing } from "./mails.ts";
import { pushService } from "./push-service.ts";
import { pushing } from "./pushing.ts";
import { reminding } from "./reminding.ts";
import { scheduleService } from "./schedule-service.ts";
import { notificationService } from "./service.ts";
import { openVapid } from "./vapid.ts";
import { webhookGuard } from "./webhook-guard.ts";

export const supportMail = "support@example.com";

export async function notificationHouse() {
  const { db, url, drop } = await testDatabase("notification");
  await prepareJobs(url);
  const watched = changes((userIds, last) => whoseChanged(db, userIds, last), silent);
  await watched.start();
  const vapid = await openVapid(db, "mailto:support@example.com");
  const rpcs = notificationService({ db, changes: watched, pushKey: vapid.publicKey });
  const service = await testService("notification", {
    rpcs: [
      [NotificationServiceDefinition, rpcs],
      [PushServiceDefinition, pushService({ db, guard: webhookGuard({ allowsPrivate: false }) })],
      [ScheduleServiceDefinition, scheduleService(db)],
    ],
  });
  const publicUrl = "https://shop.example.com";
  return {
    db,
    ...testIntake("notification", db, consumers(supportMail)),
    async as(userId: string, ...roles: RoleName[]) {
      const token = await tokenFor({ userId, roles });
      return service.client(NotificationServiceDefinition, { token });
    },
    nobody: () => service.client(NotificationServiceDefinition),
    async planner(userId: string, ...roles: RoleName[]) {
      const token = await tokenFor({ userId, roles });
      return service.client(ScheduleServiceDefinition, { token });
    },
    async pusher(userId: string) {
      return service.client(PushServiceDefinition, { token: await tokenFor({ userId }) });
    },
    reminding: () => reminding(db, silent),
    /** The worker that tells browsers; push services on this machine may be written to. */
    pushing: () =>
      pushing({ db, url, log: silent, vapid, guard: webhookGuard({ allowsPrivate: true }) }),
    /** The worker that sends what is due, as a process of its own would. */
    mailing: (smtpUrl: string, issueToken: IssueToken = async () => undefined) =>
      mailing({
        db,
        url,
        log: silent,
        smtpUrl,
        from: "shop@tradepost.dev",
        publicUrl,
        perSecond: 100,
        issueToken,
      }),
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

/** Something happened to the account that changes nothing of what events say of it. */
export const accountEvent = (
  userId: string,
  email: string,
  $case: "emailVerificationRequested" | "passwordResetRequested" | "passwordChanged",
) =>
  recordOf(UserEvent, userId, {
    userId,
    email,
    fullName: "Ada Lovelace",
    sequence: 1n,
    fact: { $case, value: {} },
  });
