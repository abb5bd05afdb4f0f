import { spawnSync } from "node:child_process";
import { it } from "mocha";
import { theMesh } from "./mesh.ts";
it("shows", async function () {
  this.timeout(90_000);
  const { mesh } = await theMesh();
  const { NODE_OPTIONS: _, ...env } = process.env;
  for (let n = 0; n < 1; n++) {
  const r = spawnSync("node", ["dist/infra/demo/main.js", "--url", mesh.gatewayUrl, "--mail", mesh.mail.url], { env, encoding: "utf8" });
  process.stdout.write(r.stdout.slice(-700) + r.stderr);
  }
  spawnSync("bash", ["-c", `cp -r ${mesh.dir}/logs /tmp/meshlogs; psql --version; true`]);
  const pg = (await import("pg")).default;
  const c = new pg.Client(mesh.databaseUrls.notification); await c.connect();
  console.log((await c.query("select kind, mail_time, create_time from notifications")).rows, (await c.query("select count(*) from inbox")).rows, (await c.query("select * from graphile_worker.jobs")).rows);
  await c.end();
  const o = new pg.Client(mesh.databaseUrls.order); await o.connect();
  console.log((await o.query("select type, published_at from outbox")).rows);
  await o.end();
});
