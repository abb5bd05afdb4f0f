import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, describe, it } from "mocha";
import { isSmsUrl, twilio } from "./twilio.ts";

describe("Twilio", () => {
  const asked: { path: string | undefined; authorization: string | undefined; form: string }[] = [];
  let answers: [status: number, body: string][] = [];
  let server: Server;
  let host: string;
  before(async () => {
    server = createServer(async (request, response) => {
      const form = Buffer.concat(await request.toArray()).toString();
      asked.push({ path: request.url, authorization: request.headers.authorization, form });
      const [status, body] = answers.shift() ?? [201, "{}"];
      response.writeHead(status, { location: "/elsewhere" }).end(body);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });

  const sms = { to: "+4915112345678", text: "Größe & <Maß>" };
  const sending = (...answered: [number, string][]) => {
    answers = answered;
    return twilio(`twilio+http://AC0f:s%2Fcret@${host}?from=%2B15550100`)(sms);
  };

  it("is asked as its API is", async () => {
    assert.equal(await sending([201, '{"sid":"SM1"}']), "sent");
    const [{ path, authorization, form } = assert.fail("nothing was asked")] = asked;
    assert.equal(path, "/2010-04-01/Accounts/AC0f/Messages.json");
    assert.equal(authorization, `Basic ${Buffer.from("AC0f:s/cret").toString("base64")}`);
    assert.deepEqual(Object.fromEntries(new URLSearchParams(form)), {
      To: "+4915112345678",
      Body: "Größe & <Maß>",
      From: "+15550100",
    });
  });

  it("says which numbers take nothing; all else may be tried again", async () => {
    assert.equal(await sending([400, '{"code":21610,"status":400}']), "refused");
    await assert.rejects(sending([401, '{"code":20003}']), /answered 401, code 20003/);
    await assert.rejects(sending([429, '{"code":20429}']), /429/);
    await assert.rejects(sending([503, "busy"]), /answered 503, code none/);
    await assert.rejects(sending([302, ""]));
  });

  it("is configured by one URL", () => {
    const service = `MG${"0".repeat(32)}`;
    for (const good of ["%2B15550100", service, "Tradepost"]) {
      assert.ok(isSmsUrl(`twilio://AC1:token@api.twilio.com?from=${good}`), good);
    }
    for (const bad of [
      "twilio",
      "https://AC1:token@api.twilio.com?from=Tradepost",
      "twilio://AC1@api.twilio.com?from=Tradepost",
      "twilio://AC1:token@api.twilio.com",
      "twilio://AC1:token@api.twilio.com?from=+15550100",
    ]) {
      assert.ok(!isSmsUrl(bad), bad);
    }
  });
});
