import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "mocha";
import { Webhook } from "standardwebhooks";
import { until } from "#kit/testing-until.ts";
import { ensureCertificates } from "../../infra/dev/certificates.ts";
import { type Receiver, startReceiver } from "./testing-receiver.ts";
import { startSender } from "./testing-webhook-child.ts";
import {
  anOrderConfirmed,
  openGuard,
  type WebhookHouse,
  webhookHouse,
} from "./testing-webhooks.ts";

describe("webhooks over TLS", function () {
  this.timeout(60_000);
  let house: WebhookHouse;
  let receiver: Receiver;
  let folder: string;
  let authority: string;
  const children: ChildProcess[] = [];
  before(async () => {
    house = await webhookHouse({ guard: openGuard });
    folder = await mkdtemp(join(tmpdir(), "tradepost-webhooks-"));
    const { receiver: files } = await ensureCertificates(folder, ["receiver"]);
    authority = files.ca;
    const [cert, key] = await Promise.all([
      readFile(files.cert, "utf8"),
      readFile(files.key, "utf8"),
    ]);
    receiver = await startReceiver({ cert, key });
  });
  after(async () => {
    await Promise.all(children.map(kill));
    await receiver.stop();
    await house.stop();
    await rm(folder, { recursive: true });
  });

  function sender(): ChildProcess {
    const child = startSender(house.url, authority);
    children.push(child);
    return child;
  }

  async function kill(child: ChildProcess): Promise<void> {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill("SIGKILL");
      await once(child, "exit");
    }
  }

  const endpointAt = (path: string) =>
    house.endpointOf(`owner-of${path.replace("/", "-")}`, receiver.url(path));

  it("go to nobody whose certificate is not believed", async () => {
    const { id, remove } = await endpointAt("/unknown");
    await house.whileSending({}, async () => {
      await house.hear("orders", anOrderConfirmed("o1"));
      const [delivery] = await house.settled(id, ({ attempts }) => attempts === 1);
      assert.equal(delivery?.lastError, "TLS_FAILED");
    });
    assert.deepEqual(receiver.at("/unknown"), []);
    await remove();
  });

  it("come again under the same id if the process died before it had noted the answer", async () => {
    const { id, secret, remove } = await endpointAt("/mortal");
    const child = sender();
    receiver.answers("/mortal", () => child.kill("SIGKILL"), 200);
    await house.hear("orders", anOrderConfirmed("o2"));
    await once(child, "exit");
    const [left] = await house.deliveries(id);
    assert.deepEqual([left?.status, left?.attempts], ["PENDING", 0]);
    // Its connections end a moment later, and what it held is anybody's after a minute.
    await until(async () => {
      const { rows } = await house.db.query(
        `select from pg_stat_activity
          where datname = current_database() and application_name = 'notification-job-holders'`,
      );
      return rows.length === 0;
    });
    await house.db.query(
      `update graphile_worker._private_jobs set locked_at = now() - interval '61 seconds'
        where locked_at is not null`,
    );
    await house.db.query("update webhook_deliveries set next_time = now()");
    const heir = sender();
    const [delivery] = await house.settled(id, ({ status }) => status === "SUCCEEDED");
    assert.equal(delivery?.attempts, 1);
    const [first, second] = receiver.at("/mortal");
    assert.equal(first?.headers["webhook-id"], second?.headers["webhook-id"]);
    const headers = second?.headers as Record<string, string>;
    const verified = new Webhook(secret).verify(second?.body ?? "", headers);
    assert.equal((verified as { type: string }).type, "order.confirmed");
    await kill(heir);
    await remove();
  });
});
