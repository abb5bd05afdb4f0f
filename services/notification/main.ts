import { z } from "zod";
import { NotificationServiceDefinition } from "#gen/tradepost/notification/v1/notification.ts";
import { whenThere } from "#kit/patience.ts";
import { runService } from "#kit/service.ts";
import { consumers } from "./consumers.ts";
import { mailing, prepareMails } from "./mails.ts";
import { notificationService } from "./service.ts";

await runService({
  name: "notification",
  config: {
    SMTP_URL: z.url({ protocol: /^smtps?$/, error: "must be an smtp:// address" }),
    MAIL_FROM: z.string().default("Tradepost <shop@tradepost.dev>"),
    /** Of those who are told of disputed charges; whoever signs up with it has them in the inbox. */
    SUPPORT_MAIL: z.email().default("support@tradepost.dev"),
    MAIL_RATE: z.coerce.number().int().min(1).max(1_000).default(20),
  },
  async build({ db, log, config }) {
    const { DATABASE_URL: url, SMTP_URL: smtpUrl, MAIL_FROM: from, MAIL_RATE: perSecond } = config;
    await whenThere(() => prepareMails(url), log);
    return {
      rpcs: [[NotificationServiceDefinition, notificationService({ db })]],
      subscriptions: consumers(config.SUPPORT_MAIL),
      workers: [mailing({ db, url, log, smtpUrl, from, perSecond })],
    };
  },
});
