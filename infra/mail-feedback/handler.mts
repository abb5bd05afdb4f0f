// What SES says of the shop's mails, as metrics. CloudWatch makes them from lines of the log
// ("embedded metric format"), so this needs no client, no secret and no network.

/** What SNS hands over: one of SES's events in each message. */
export interface FeedbackEvent {
  readonly Records: readonly { readonly Sns: { readonly Message: string } }[];
}

interface MailEvent {
  readonly eventType: string;
  readonly mail: { readonly timestamp: string; readonly messageId: string };
  readonly bounce?: { readonly bounceType: string };
}

/** What Lambda calls. */
export async function handle(event: FeedbackEvent): Promise<void> {
  for (const line of metricLines(event)) {
    process.stdout.write(`${line}\n`);
  }
}

/** A message that is none of SES's is thrown: Lambda tries again, then keeps it as a dead letter. */
export function metricLines({ Records }: FeedbackEvent): readonly string[] {
  return Records.map(({ Sns }) => metricLine(JSON.parse(Sns.Message) as MailEvent));
}

/** Says which mail, never to whom. */
function metricLine(event: MailEvent): string {
  const { mail } = event;
  return JSON.stringify({
    _aws: {
      Timestamp: Date.parse(mail.timestamp),
      CloudWatchMetrics: [
        {
          Namespace: "Tradepost/Mail",
          Dimensions: [["Kind"]],
          Metrics: [{ Name: "CameBack", Unit: "Count" }],
        },
      ],
    },
    Kind: kindOf(event),
    CameBack: 1,
    messageId: mail.messageId,
  });
}

function kindOf({ eventType, bounce }: MailEvent): string {
  switch (eventType) {
    case "Bounce":
      return bounce?.bounceType === "Permanent" ? "bounced for good" : "bounced for now";
    case "Complaint":
      return "complaint";
    case "Reject":
      return "rejected";
    default:
      throw new Error(`SES said ${eventType}, which nobody asked it to say`);
  }
}
