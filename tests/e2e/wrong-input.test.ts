import assert from "node:assert/strict";
import { connect } from "node:net";
import { before, describe, it } from "mocha";
import { theMesh } from "./mesh.ts";
import { printedOrder, type Rest, rest } from "./rest.ts";
import { wrongRequests } from "./wrong-requests.ts";

const unreached = rest("http://127.0.0.1:0");
const nobody = { api: unreached, demo: unreached, merchant: unreached };

describe("wrong input", function () {
  this.timeout(90_000);
  let api: Rest;
  let demo: Rest;
  let merchant: Rest;
  let port: number;
  before(async () => {
    const { mesh, api: anyone } = await theMesh();
    api = anyone;
    port = Number(new URL(mesh.gatewayUrl).port);
    demo = await api.as("demo@tradepost.dev");
    merchant = await api.as("merchant@tradepost.dev");
  });

  const orders = "/api/v1/orders";
  const json = { "content-type": "application/json" };

  // Titles are needed before there is a mesh to ask.
  for (const [index, { what, status, reason, field }] of wrongRequests(nobody).entries()) {
    it(`${what} is ${status} ${reason}`, async () => {
      const answer = await wrongRequests({ api, demo, merchant })[index]?.ask();
      assert.ok(answer);
      const { body, headers, text } = answer;
      assert.equal(answer.status, status, text);
      assert.match(headers.get("content-type") ?? "", /^application\/problem\+json/);
      assert.equal(body.reason, reason, text);
      assert.equal(body.status, status);
      assert.equal(body.type, `https://tradepost.dev/errors/${reason}`);
      assert.ok(body.title && body.detail !== undefined && body.code && body.requestId, text);
      assert.equal(headers.get("x-request-id"), body.requestId);
      if (field) {
        const fields = body.violations.map((one: { field: string }) => one.field);
        assert.ok(fields.includes(field), text);
      }
      assert.doesNotMatch(text, /\bat .*\.[jt]s:|select |127\.0\.0\.1/);
    });
  }

  it("a wrong method is 405 with what is allowed", async () => {
    const answer = await demo.send("PUT", orders, { body: "{}", headers: json });
    assert.equal(answer.status, 405);
    assert.equal(answer.body.reason, "METHOD_NOT_ALLOWED");
    const allowed = (answer.headers.get("allow") ?? "").split(/, */);
    assert.ok(allowed.includes("GET") && allowed.includes("POST"));
  });

  it("401 says how to sign in, and nothing is powered by anything", async () => {
    const { headers } = await api.get(orders);
    assert.match(headers.get("www-authenticate") ?? "", /^Bearer/);
    assert.equal(headers.get("x-powered-by"), null);
  });

  it("somebody else's order is as if it were not there", async () => {
    const { body } = await demo.post(orders, printedOrder);
    const email = `somebody-else-${process.pid}@example.com`;
    const person = { email, password: "seventeen-purple-kettles", fullName: "Somebody Else" };
    await api.post("/api/v1/auth/register", person);
    const stranger = await api.as(email, person.password);
    const theirs = await stranger.get(`${orders}/${body.id}`);
    const nobodys = await stranger.get(`${orders}/${body.id.replace(/.$/, "x")}`);
    assert.equal(theirs.status, 404);
    assert.equal(theirs.body.reason, nobodys.body.reason);
  });

  it("a body that is too large can be read of while it is still being sent", async () => {
    const answer = await new Promise<string>((resolve, reject) => {
      const socket = connect(port, "127.0.0.1");
      let text = "";
      socket.on("error", reject);
      socket.on("data", (chunk) => {
        text += chunk;
        if (text.includes("BODY_TOO_LARGE")) {
          socket.destroy();
          resolve(text);
        }
      });
      socket.write(
        "POST /api/v1/auth/login HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n" +
          "content-length: 3000000\r\n\r\n",
      );
      socket.write("x".repeat(1_500_000));
    });
    assert.match(answer, /^HTTP\/1\.1 413 /);
  });
});
