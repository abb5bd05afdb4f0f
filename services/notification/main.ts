import { NotificationServiceDefinition } from "#gen/tradepost/notification/v1/notification.ts";
import { PushServiceDefinition } from "#gen/tradepost/notification/v1/push.ts";
import { ScheduleServiceDefinition } from "#gen/tradepost/notification/v1/schedule.ts";
import { whenThere } from "#kit/patience.ts";
import { runService } from "#kit/service.ts";
import { changes } from "./changes.ts";
import { notificationShape } from "./config.ts";
import { consumers } from "./consumers.ts";
import { mailing, prepareMails } from "./mails.ts";
import { pushService } from "./push-service.ts";
import { reminding } from "./reminding.ts";
import { scheduleService } from "./schedule-service.ts";
import { notificationService } from "./service.ts";
import { openVapid } from "./vapid.ts";

await runService({
  name: "notification",
  config: notificationShape,
  async build({ db, log, config }) {
    const { DATABASE_URL: url, SMTP_URL: smtpUrl, MAIL_FROM: from, MAIL_RATE: perSecond } = config;
    const { PUBLIC_URL: publicUrl } = config;
    await whenThere(() => prepareMails(url), log);
    const watched = changes(db, log);
    const vapid = await whenThere(() => openVapid(db, `mailto:${config.SUPPORT_MAIL}`), log);
    return {
      rpcs: [
        [
          NotificationServiceDefinition,
          notificationService({ db, changes: watched, pushKey: vapid.publicKey }),
        ],
        [PushServiceDefinition, pushService(db)],
        [ScheduleServiceDefinition, scheduleService(db)],
      ],
      subscriptions: consumers(config.SUPPORT_MAIL),
      workers: [
        watched,
        reminding(db, log),
        mailing({ db, url, log, smtpUrl, from, publicUrl, perSecond }),
      ],
    };
  },
});
