import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { theMesh } from "./mesh.ts";
import { aPerson } from "./people.ts";
import { eventually, rest } from "./rest.ts";

describe("a person's sessions", function () {
  this.timeout(60_000);

  it("are shown with their devices, and end on every service within a second", async () => {
    const { mesh, api } = await theMesh();
    const { email, password } = await aPerson(api);
    const signIn = async (device: string) => {
      const credentials = { email, password };
      const { body } = await api.post("/api/v1/auth/login", credentials, { "user-agent": device });
      return rest(mesh.gatewayUrl, `Bearer ${body.accessToken}`);
    };
    const laptop = await signIn("Laptop/1.0");
    const phone = await signIn("Phone/1.0");

    const { status, body } = await laptop.get("/api/v1/users/me/sessions");
    assert.equal(status, 200);
    const shown = body.sessions.map((one: Shown) => [one.device, one.address, one.current]);
    assert.deepEqual(shown.slice(0, 2), [
      ["Phone/1.0", "127.0.0.1", false],
      ["Laptop/1.0", "127.0.0.1", true],
    ]);

    const reads = ["/api/v1/users/me", "/api/v1/orders", "/api/v1/notifications"];
    for (const path of reads) {
      assert.equal((await phone.get(path)).status, 200);
    }
    const ended = await laptop.send("DELETE", `/api/v1/users/me/sessions/${body.sessions[0].id}`);
    assert.deepEqual([ended.status, ended.text], [204, ""]);
    const refused = await eventually(
      () => Promise.all(reads.map((path) => phone.get(path))),
      (answers) => answers.every((answer) => answer.status === 401),
      1_000,
    );
    assert.deepEqual(
      refused.map((answer) => answer.body.reason),
      reads.map(() => "REVOKED_TOKEN"),
    );
    assert.equal((await laptop.get("/api/v1/users/me")).status, 200);
    const again = await laptop.send("DELETE", `/api/v1/users/me/sessions/${body.sessions[0].id}`);
    assert.deepEqual([again.status, again.body.reason], [404, "SESSION_NOT_FOUND"]);
  });
});

interface Shown {
  readonly device: string;
  readonly address: string;
  readonly current: boolean;
}
