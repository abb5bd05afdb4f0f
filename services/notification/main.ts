import { NotificationServiceDefinition } from "#gen/tradepost/notification/v1/notification.ts";
import { WebhookEndpointServiceDefinition } from "#gen/tradepost/notification/v1/webhook_endpoint.ts";
import { whenThere } from "#kit/patience.ts";
import { sealingKey } from "#kit/sealing.ts";
import { runService } from "#kit/service.ts";
import { changes } from "./changes.ts";
import { notificationShape } from "./config.ts";
import { consumers } from "./consumers.ts";
import { mailing, prepareMails } from "./mails.ts";
import { notificationService } from "./service.ts";
import { webhookGuard } from "./webhook-guard.ts";
import { webhookPruning } from "./webhook-pruning.ts";
import { webhookSecrets } from "./webhook-secrets.ts";
import { webhookSending } from "./webhook-sending.ts";
import { webhookEndpointService } from "./webhook-service.ts";

await runService({
  name: "notification",
  config: notificationShape,
  async build({ db, log, config }) {
    const { DATABASE_URL: url, SMTP_URL: smtpUrl, MAIL_FROM: from, MAIL_RATE: perSecond } = config;
    const guard = webhookGuard({ allowsPrivate: config.WEBHOOK_PRIVATE_ADDRESSES === "allow" });
    const webhooks = { db, guard, secrets: webhookSecrets(sealingKey(config)) };
    await whenThere(() => prepareMails(url), log);
    const watched = changes(db, log);
    return {
      rpcs: [
        [NotificationServiceDefinition, notificationService({ db, changes: watched })],
        [WebhookEndpointServiceDefinition, webhookEndpointService(webhooks)],
      ],
      subscriptions: consumers(config.SUPPORT_MAIL),
      workers: [
        watched,
        mailing({ db, url, log, smtpUrl, from, perSecond }),
        webhookSending({ ...webhooks, url, log }),
        webhookPruning(db, log),
      ],
    };
  },
});
