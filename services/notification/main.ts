import { NotificationServiceDefinition } from "#gen/tradepost/notification/v1/notification.ts";
import { changes } from "#kit/changes.ts";
import { whenThere } from "#kit/patience.ts";
import { runService } from "#kit/service.ts";
import { notificationShape } from "./config.ts";
import { consumers } from "./consumers.ts";
import { whoseChanged } from "./inbox-store.ts";
import { mailing, prepareMails } from "./mails.ts";
import { notificationService } from "./service.ts";

await runService({
  name: "notification",
  config: notificationShape,
  async build({ db, log, config }) {
    const { DATABASE_URL: url, SMTP_URL: smtpUrl, MAIL_FROM: from, MAIL_RATE: perSecond } = config;
    await whenThere(() => prepareMails(url), log);
    const watched = changes((userIds, last) => whoseChanged(db, userIds, last), log);
    return {
      rpcs: [[NotificationServiceDefinition, notificationService({ db, changes: watched })]],
      subscriptions: consumers(config.SUPPORT_MAIL),
      workers: [watched, mailing({ db, url, log, smtpUrl, from, perSecond })],
    };
  },
});
