import assert from "node:assert/strict";
import { createServer, type Server } from "node:net";
import { after, before, describe, it } from "mocha";
import { planPorts, refuseTakenPorts } from "./port-plan.ts";
import { freePort, freePorts } from "./ports.ts";

describe("the mesh's ports", () => {
  let server: Server;
  let taken: number;

  before(async () => {
    taken = await freePort();
    server = createServer();
    await new Promise<void>((resolve) => server.listen(taken, "0.0.0.0", resolve));
  });

  after(() => {
    server.close();
  });

  it("are the known ones, or what the environment says", async () => {
    const plan = await planPorts("fixed", { ORDER_PORT: "6000" });
    assert.deepEqual(
      [plan.gateway, plan.user, plan.order, plan["order metrics"], plan.postgres, plan.kafka],
      [8080, 50_051, 6000, 51_053, 54_329, 9094],
    );
    await assert.rejects(planPorts("fixed", { ORDER_PORT: "http" }), {
      message: "ORDER_PORT is http: it must be a port, 1 to 65535",
    });
  });

  it("are all different when they are free ones", async () => {
    const ports = Object.values(await planPorts("free", {}));
    assert.equal(new Set(ports).size, ports.length);
  });

  it("are refused when taken: which, by whom, what to set", async function () {
    if (process.platform === "win32") {
      return this.skip();
    }
    const plan = await planPorts("fixed", { HTTP_PORT: String(taken) });
    await assert.rejects(refuseTakenPorts(plan, ["gateway"]), ({ message }: Error) => {
      const holder = `\\S+ \\(pid ${process.pid}\\)`;
      const text = `^port ${taken} for gateway is taken by ${holder}: stop it, or set HTTP_PORT$`;
      return new RegExp(text).test(message);
    });
  });

  it("are given to nobody else before they are listened at", async () => {
    const given: number[] = [];
    while (given.length < 800) {
      given.push(...(await freePorts(20)));
    }
    assert.equal(new Set(given).size, 800);
  });
});
