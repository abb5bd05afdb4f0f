import assert from "node:assert/strict";
import { before, describe, it } from "mocha";
import type { Mesh } from "../../infra/dev/mesh.ts";
import { theMesh } from "./mesh.ts";
import { eventually, type Rest } from "./rest.ts";

const NUMBER = "+4915112345678";

describe("a phone", function () {
  this.timeout(60_000);
  let mesh: Mesh;
  let demo: Rest;
  before(async () => {
    const { mesh: started, api } = await theMesh();
    mesh = started;
    demo = await api.as("demo@tradepost.dev");
  });

  interface Texts {
    readonly texts: readonly { readonly text: string }[];
  }

  async function newest(words: RegExp): Promise<string> {
    const url = `${mesh.mail.url}/texts?to=${encodeURIComponent(NUMBER)}`;
    const look = async () => ((await (await fetch(url)).json()) as Texts).texts;
    const texts = await eventually(look, ([first]) => words.test(first?.text ?? ""), 20_000);
    return texts[0]?.text ?? "";
  }

  it("is kept, verified by its code, told what is to be told, and forgotten", async () => {
    const path = "/api/v1/users/me/phone";
    const set = (number: string) =>
      demo.send("PUT", path, {
        body: JSON.stringify({ number }),
        headers: { "content-type": "application/json" },
      });
    assert.equal((await demo.get(path)).body.reason, "PHONE_NOT_FOUND");
    const { body: bad } = await set("0151 12345678");
    assert.deepEqual([bad.status, bad.violations[0].field], [400, "number"]);
    const { body: kept } = await set(NUMBER);
    assert.deepEqual([kept.number, kept.verified], [NUMBER, false]);
    const code = (await newest(/is your code/)).slice(0, 6);
    const { body: verified } = await demo.post(`${path}:verify`, { code });
    assert.equal(verified.verified, true);
    assert.equal((await demo.post("/api/v1/notifications:test")).status, 200);
    await newest(/^This is a test: /);
    assert.equal((await demo.send("DELETE", path)).status, 204);
    assert.equal((await demo.get(path)).status, 404);
  });
});
