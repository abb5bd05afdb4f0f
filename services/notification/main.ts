import { NotificationServiceDefinition } from "#gen/tradepost/notification/v1/notification.ts";
import { PushServiceDefinition } from "#gen/tradepost/notification/v1/push.ts";
import { ScheduleServiceDefinition } from "#gen/tradepost/notification/v1/schedule.ts";
import { WebhookEndpointServiceDefinition } from "#gen/tradepost/notification/v1/webhook_endpoint.ts";
import { changes } from "#kit/changes.ts";
import { whenThere } from "#kit/patience.ts";
import { sealingKey } from "#kit/sealing.ts";
import { runService } from "#kit/service.ts";
import { notificationShape } from "./config.ts";
import { consumers } from "./consumers.ts";
import { whoseChanged } from "./inbox-store.ts";
import { prepareJobs } from "./jobs.ts";
import { tokensOf } from "./mail-tokens.ts";
import { mailing } from "./mails.ts";
import { pushService } from "./push-service.ts";
import { pushing } from "./pushing.ts";
import { reminding } from "./reminding.ts";
import { scheduleService } from "./schedule-service.ts";
import { notificationService } from "./service.ts";
import { openVapid } from "./vapid.ts";
import { webhookGuard } from "./webhook-guard.ts";
import { webhookPruning } from "./webhook-pruning.ts";
import { webhookSecrets } from "./webhook-secrets.ts";
import { webhookSending } from "./webhook-sending.ts";
import { webhookEndpointService } from "./webhook-service.ts";

await runService({
  name: "notification",
  config: notificationShape,
  async build({ db, log, config, client }) {
    const { DATABASE_URL: url, SMTP_URL: smtpUrl, MAIL_FROM: from, MAIL_RATE: perSecond } = config;
    const { PUBLIC_URL: publicUrl, SUPPORT_MAIL: support } = config;
    const guard = webhookGuard({ allowsPrivate: config.WEBHOOK_PRIVATE_ADDRESSES === "allow" });
    const webhooks = { db, guard, secrets: webhookSecrets(sealingKey(config)) };
    await whenThere(() => prepareJobs(url), log);
    const vapid = await whenThere(() => openVapid(db, `mailto:${support}`), log);
    const watched = changes((userIds, last) => whoseChanged(db, userIds, last), log);
    const inbox = { db, changes: watched, pushKey: vapid.publicKey };
    return {
      rpcs: [
        [NotificationServiceDefinition, notificationService(inbox)],
        [PushServiceDefinition, pushService({ db, guard })],
        [ScheduleServiceDefinition, scheduleService(db)],
        [WebhookEndpointServiceDefinition, webhookEndpointService(webhooks)],
      ],
      subscriptions: consumers(support),
      workers: [
        watched,
        reminding(db, log),
        mailing({
          ...{ db, url, log, smtpUrl, from, publicUrl, perSecond },
          issueToken: tokensOf(client),
        }),
        pushing({ db, url, log, vapid, guard }),
        webhookSending({ ...webhooks, url, log }),
        webhookPruning(db, log),
      ],
    };
  },
});
