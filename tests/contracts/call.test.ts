import assert from "node:assert/strict";
import { join } from "node:path";
import { before, describe, it } from "mocha";
import type { Mesh } from "../../infra/dev/mesh.ts";
import { root } from "../../infra/dev/root.ts";
import { theMesh } from "../e2e/mesh.ts";
import { printedOrder, tokenOf } from "../e2e/rest.ts";
import { tradepost } from "../e2e/terminal.ts";

const product = "tradepost.product.v1.ProductService";
const order = "tradepost.order.v1.OrderService";

describe("tradepost call, used wrongly,", function () {
  this.timeout(60_000);

  const wrong: readonly (readonly [what: string, args: readonly string[], says: RegExp])[] = [
    ["without an rpc", ["call"], /missing required argument 'rpc'/],
    ["with an unknown flag", ["call", `${product}/GetProduct`, "--colour"], /unknown option/],
    ["with an unknown service", ["call", "a.B/C"], /no service a\.B: there are .*OrderService/],
    ["with an unknown rpc", ["call", `${product}/Get`], /has no rpc Get: it has ListProducts,/],
    ["with broken JSON", ["call", `${product}/GetProduct`, "{"], /the request is not JSON/],
    [
      "with a field that is not there",
      ["call", `${product}/GetProduct`, '{"colour": 1}'],
      /does not fit: .*colour/,
    ],
    [
      "with a bad address",
      ["call", `${product}/GetProduct`, "--address", "nowhere"],
      /--address is nowhere: it must be host:port/,
    ],
    [
      "with a part of a certificate",
      ["call", `${product}/GetProduct`, "--cert", "a.crt"],
      /--cert, --key and --ca go together/,
    ],
    [
      "with a time-out that is none",
      ["call", `${product}/GetProduct`, "--timeout", "soon"],
      /--timeout is soon/,
    ],
  ];
  for (const [what, args, says] of wrong) {
    it(`${what} says so in one sentence and ends with 2`, async () => {
      const { code, out, err } = await tradepost(args);
      assert.equal(code, 2, err);
      assert.equal(out, "");
      assert.match(err, says);
      assert.equal(err.trim().split("\n").length, 1);
    });
  }

  it("without a mesh's certificates says what to do", async () => {
    const { code, err } = await tradepost(["call", `${product}/GetProduct`], {
      TRADEPOST_DIR: join(root, "nowhere"),
    });
    assert.equal(code, 2);
    assert.match(err, /^\S+ cannot be read: start the mesh with npm start, or name --cert/);
  });

  it("explains itself when asked", async () => {
    const { code, out } = await tradepost(["call", "--help"]);
    assert.equal(code, 0);
    assert.match(out, /GetProduct '\{"id": "prod-001"\}'/);
  });
});

describe("tradepost call", function () {
  this.timeout(90_000);
  let mesh: Mesh;
  let token: string;
  before(async () => {
    const { mesh: started, api } = await theMesh();
    mesh = started;
    token = await tokenOf(api, "demo@tradepost.dev");
  });

  const at = (service: "product" | "order") => ["--address", mesh.addresses[service]];
  /** The certificates of the mesh that its folder names; the ports are given. */
  const inMesh = () => ({ TRADEPOST_DIR: mesh.dir });

  it("asks as the dev mesh's operator, and shows the answer as JSON", async () => {
    const asked = ["call", `${product}/GetProduct`, '{"id": "prod-001"}'];
    const { port } = new URL(`http://${mesh.addresses.product}`);
    const pretty = await tradepost(asked, { ...inMesh(), PRODUCT_PORT: port });
    assert.equal(pretty.code, 0, pretty.err);
    assert.match(pretty.out, /^\{\n {2}"product": \{\n {4}"id": "prod-001",/);
    const line = await tradepost([...asked, ...at("product"), "--json"], inMesh());
    assert.equal(line.out.trim().split("\n").length, 1);
    assert.deepEqual(JSON.parse(line.out), JSON.parse(pretty.out));
  });

  it("asks on behalf of a person, with a certificate that is named", async () => {
    const { ca, cert, key } = mesh.certificates.gateway;
    const files = ["--ca", ca, "--cert", cert, "--key", key];
    const request = JSON.stringify(printedOrder);
    const args = ["call", `${order}/CreateOrder`, request, "--token", token];
    const { code, out, err } = await tradepost([...args, ...at("order"), ...files]);
    assert.equal(code, 0, err);
    const { id, status } = JSON.parse(out).order;
    assert.equal(status, "CONFIRMED");
    const cancel = ["call", `${order}/CancelOrder`, JSON.stringify({ id }), "--token", token];
    assert.equal((await tradepost([...cancel, ...at("order")], inMesh())).code, 0);
    const watch = ["call", `${order}/WatchOrder`, JSON.stringify({ id }), "--json"];
    const seen = await tradepost([...watch, ...at("order")], {
      ...inMesh(),
      TRADEPOST_TOKEN: token,
    });
    assert.equal(JSON.parse(seen.out.trim().split("\n").at(-1) ?? "").order.status, "CANCELLED");
  });

  it("tells why it was refused, in words or as JSON, and ends with 1", async () => {
    const asked = ["call", `${product}/GetProduct`, '{"id": "prod-999"}', ...at("product")];
    const { code, out, err } = await tradepost(asked, inMesh());
    assert.equal(code, 1);
    assert.equal(out, "");
    assert.match(err, /^NOT_FOUND PRODUCT_NOT_FOUND: .*prod-999/);
    const invalid = ["call", `${product}/GetProduct`, '{"id": "a b"}', ...at("product"), "--json"];
    const { error } = JSON.parse((await tradepost(invalid, inMesh())).err);
    assert.equal(error.reason, "INVALID_FIELD");
    assert.equal(error.violations[0].field, "id");
  });

  it("ends with 1 when nobody answers", async () => {
    const nobody = ["--address", "127.0.0.1:9", "--plaintext", "--timeout", "3000"];
    const { code, err } = await tradepost(["call", `${product}/GetProduct`, "{}", ...nobody]);
    assert.equal(code, 1);
    assert.match(err, /^(UNAVAILABLE|DEADLINE_EXCEEDED)/);
  });
});
