import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { metricLines } from "./handler.mts";

const address = "somebody@example.org";
const mail = { timestamp: "2026-01-05T10:00:00.000Z", messageId: "m-1", destination: [address] };
const bounce = (bounceType: string) => ({
  eventType: "Bounce",
  mail,
  bounce: { bounceType, bouncedRecipients: [{ emailAddress: address }] },
});
const complaint = {
  eventType: "Complaint",
  mail,
  complaint: { complainedRecipients: [{ emailAddress: address }] },
};

function linesOf(...messages: readonly unknown[]): readonly string[] {
  const Records = messages.map((message) => ({ Sns: { Message: JSON.stringify(message) } }));
  return metricLines({ Records });
}

describe("what came back of the shop's mails", () => {
  it("is a metric of its kind, in the form that CloudWatch reads out of a log", () => {
    const [line] = linesOf(complaint);
    assert.deepEqual(JSON.parse(line ?? ""), {
      _aws: {
        Timestamp: Date.UTC(2026, 0, 5, 10),
        CloudWatchMetrics: [
          {
            Namespace: "Tradepost/Mail",
            Dimensions: [["Kind"]],
            Metrics: [{ Name: "CameBack", Unit: "Count" }],
          },
        ],
      },
      Kind: "complaint",
      CameBack: 1,
      messageId: "m-1",
    });
  });

  it("tells an address that is gone from a mailbox that is full", () => {
    const lines = linesOf(bounce("Permanent"), bounce("Transient"), bounce("Undetermined"));
    const kinds = lines.map((line) => (JSON.parse(line) as { Kind: string }).Kind);
    assert.deepEqual(kinds, ["bounced for good", "bounced for now", "bounced for now"]);
  });

  it("never names the person", () => {
    const lines = linesOf(complaint, bounce("Permanent"), { eventType: "Reject", mail });
    assert.equal(lines.length, 3);
    assert.doesNotMatch(lines.join("\n"), /somebody/);
  });

  it("fails whole for what SES does not say, so that nothing is counted twice when tried again", () => {
    assert.throws(() => linesOf(complaint, { eventType: "Open", mail }), /SES said Open/);
  });
});
