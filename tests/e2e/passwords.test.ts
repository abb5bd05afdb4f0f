import assert from "node:assert/strict";
import { before, describe, it } from "mocha";
import type { Mesh } from "../../infra/dev/mesh.ts";
import { theMesh } from "./mesh.ts";
import { aPerson } from "./people.ts";
import { eventually, type Rest, rest } from "./rest.ts";

interface Mail {
  readonly id: number;
  readonly subject: string;
}

describe("passwords and the mails about them", function () {
  this.timeout(90_000);
  let mesh: Mesh;
  let api: Rest;
  before(async () => {
    ({ mesh, api } = await theMesh());
  });

  /** The code in the person's mail with that subject, once it has arrived. */
  async function codeIn(email: string, subject: string): Promise<string> {
    const post = rest(mesh.mail.url);
    const isIt = (mail: Mail) => mail.subject === subject;
    const { body } = await eventually(
      () => post.get(`/mails?to=${email}`),
      (answer) => answer.body.mails.some(isIt),
      30_000,
    );
    const mail = await post.get(`/mails/${body.mails.find(isIt).id}`);
    const [code = ""] = /^[A-Za-z0-9_-]{43}$/m.exec(mail.body.text) ?? [];
    return code;
  }

  it("show an address to be its person's by the code of a mail", async () => {
    const { email, signedIn } = await aPerson(api);
    const token = await codeIn(email, "Confirm your e-mail address");
    assert.equal((await signedIn.get("/api/v1/users/me")).body.emailVerified, false);
    const verified = await api.post("/api/v1/auth/email:verify", { token });
    assert.deepEqual([verified.status, verified.text], [200, "{}"]);
    assert.equal((await signedIn.get("/api/v1/users/me")).body.emailVerified, true);
    const again = await api.post("/api/v1/auth/email:verify", { token });
    assert.deepEqual([again.status, again.body.reason], [401, "INVALID_TOKEN"]);
    const nobody = await api.post("/api/v1/auth/email:verify");
    assert.deepEqual([nobody.status, nobody.body.reason], [401, "MISSING_CREDENTIALS"]);
  });

  it("are chosen anew by the code of a mail, which signs out everywhere and says so", async () => {
    const { email, password, signedIn } = await aPerson(api);
    const known = await api.post("/api/v1/auth/password:forgot", { email });
    const nobody = await api.post("/api/v1/auth/password:forgot", { email: "x@example.com" });
    assert.deepEqual([known.status, known.text], [200, "{}"]);
    assert.deepEqual([nobody.status, nobody.text], [known.status, known.text]);
    const token = await codeIn(email, "Choose a new password");
    const newPassword = "amber-lantern-47";
    const weak = await api.post("/api/v1/auth/password:reset", {
      token,
      newPassword: "qwertyuiop123",
    });
    assert.deepEqual([weak.status, weak.body.violations[0].field], [400, "newPassword"]);
    const reset = await api.post("/api/v1/auth/password:reset", { token, newPassword });
    assert.equal(reset.status, 200, reset.text);
    const orders = () => signedIn.get("/api/v1/orders");
    const refused = await eventually(orders, ({ status }) => status === 401, 1_000);
    assert.equal(refused.body.reason, "REVOKED_TOKEN");
    const login = (given: string) => api.post("/api/v1/auth/login", { email, password: given });
    assert.equal((await login(password)).status, 401);
    assert.equal((await login(newPassword)).status, 200);
    const fresh = await api.as(email, newPassword);
    const inbox = await eventually(
      () => fresh.get("/api/v1/notifications"),
      ({ body }) => body.notifications.some(({ kind }: Kinded) => kind === "PASSWORD_CHANGED"),
      30_000,
    );
    assert.ok(!inbox.text.includes(token));
  });

  it("are changed by who is signed in, and end the other sessions", async () => {
    const { email, password, signedIn } = await aPerson(api);
    const phone = await api.as(email, password);
    const body = { currentPassword: password, newPassword: "amber-lantern-47" };
    const wrong = await signedIn.post("/api/v1/auth/password:change", {
      ...body,
      currentPassword: "not the password",
    });
    assert.deepEqual([wrong.status, wrong.body.reason], [401, "WRONG_PASSWORD"]);
    const changed = await signedIn.post("/api/v1/auth/password:change", body);
    assert.equal(changed.status, 200, changed.text);
    const orders = () => phone.get("/api/v1/orders");
    await eventually(orders, ({ status }) => status === 401, 1_000);
    assert.equal((await signedIn.get("/api/v1/orders")).status, 200);
  });
});

interface Kinded {
  readonly kind: string;
}
