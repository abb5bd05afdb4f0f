import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { Fault } from "#kit/errors.ts";
import { isPublic, webhookGuard, wrongWith } from "./webhook-guard.ts";

describe("a webhook's URL", () => {
  const guard = webhookGuard({ allowsPrivate: false });

  for (const [why, urls] of [
    [
      "must be a URL",
      ["", "example.com", "https://", "https://a b.example", "https://a.example/\n"],
    ],
    [
      "must be an https URL",
      ["http://example.com", "ftp://example.com", "file:///etc/passwd", "javascript:alert(1)"],
    ],
    [
      "must not have a name or a password in it",
      ["https://ada@example.com", "https://ada:secret@example.com", "https://:secret@example.com"],
    ],
    [
      "must not be of a private network",
      [
        "https://localhost",
        "https://LOCALHOST.:8443/hook",
        "https://hooks.localhost",
        "https://127.0.0.1",
        "https://127.1",
        "https://0x7f.1",
        "https://2130706433",
        "https://017700000001",
        "https://10.1.2.3",
        "https://172.31.255.255",
        "https://192.168.0.1",
        "https://169.254.169.254/latest/meta-data",
        "https://100.100.100.200",
        "https://168.63.129.16",
        "https://0.0.0.0",
        "https://[::]",
        "https://[::1]",
        "https://[::ffff:127.0.0.1]",
        "https://[::ffff:8.8.8.8]",
        "https://[64:ff9b::10.0.0.1]",
        "https://[fd00:ec2::254]",
        "https://[fe80::1]",
      ],
    ],
  ] as const) {
    for (const url of urls) {
      it(`${why}: ${JSON.stringify(url)}`, () => {
        assert.equal(wrongWith(url, false), why);
        assert.throws(
          () => guard.check(url, "endpoint.url"),
          (error) => error instanceof Fault && error.violations[0]?.field === "endpoint.url",
        );
      });
    }
  }

  for (const url of [
    "https://example.com",
    "https://example.com:8443/hooks?key=1",
    "https://93.184.215.14/hook",
    "https://[2606:4700:4700::1111]",
    "https://localhost.example.com",
    "https://bücher.example",
  ]) {
    it(`may be ${url}`, () => {
      assert.equal(wrongWith(url, false), undefined);
    });
  }

  it("may be of this machine where that is allowed, and still has no password", () => {
    assert.equal(wrongWith("http://localhost:3000/hook", true), undefined);
    assert.equal(wrongWith("https://[::1]", true), undefined);
    assert.match(wrongWith("http://ada@localhost", true) ?? "", /password/);
    assert.match(wrongWith("ftp://localhost", true) ?? "", /https/);
  });
});

describe("a public address", () => {
  for (const address of [
    ...["0.1.2.3", "10.0.0.1", "100.64.0.1", "100.127.255.255", "127.0.0.1", "169.254.0.1"],
    ...["172.16.0.1", "172.31.255.255", "192.0.0.192", "192.0.2.1", "192.88.99.1", "192.168.1.1"],
    ...["198.18.0.1", "198.19.255.255", "198.51.100.1", "203.0.113.1", "168.63.129.16"],
    ...["224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255"],
    ...["::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::ffff:0:8.8.8.8"],
    ...["64:ff9b::8.8.8.8", "64:ff9b:1::1", "100::1", "2001::1", "2001:db8::1", "2002:7f00:1::"],
    ...["3fff::1", "5f00::1", "fc00::1", "fd12::1", "fe80::1", "fec0::1", "ff02::1"],
  ]) {
    it(`is not ${address}`, () => assert.equal(isPublic(address), false));
  }

  for (const address of [
    ...["1.1.1.1", "9.255.255.255", "11.0.0.1", "100.63.255.255", "100.128.0.1", "172.15.0.1"],
    ...[
      "172.32.0.1",
      "192.0.1.1",
      "192.167.255.255",
      "198.17.0.1",
      "198.20.0.1",
      "223.255.255.255",
    ],
    ...["2001:200::1", "2001:db7::1", "2606:4700::1", "2a00:1450::1", "3ffe::1"],
  ]) {
    it(`is ${address}`, () => assert.equal(isPublic(address), true));
  }
});

describe("the addresses of a webhook's host", () => {
  const { signal } = new AbortController();
  const named = (...addresses: readonly string[]) =>
    webhookGuard({
      allowsPrivate: false,
      resolve: async () =>
        addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 })),
    }).addressesOf(new URL("https://hooks.example"), signal);

  it("are all that it has", async () => {
    assert.deepEqual(await named("1.1.1.1", "2606:4700::1"), [
      { address: "1.1.1.1", family: 4 },
      { address: "2606:4700::1", family: 6 },
    ]);
  });

  it("are none as soon as one of them is private", async () => {
    assert.deepEqual(await named("1.1.1.1", "127.0.0.1"), []);
    assert.deepEqual(await named("1.1.1.1", "::ffff:10.0.0.1"), []);
    assert.deepEqual(await named(), []);
  });

  it("are the literal one, which is judged like any other and not looked up", async () => {
    const guard = webhookGuard({
      allowsPrivate: false,
      resolve: () => assert.fail("nothing is to be looked up"),
    });
    const of = (host: string) => guard.addressesOf(new URL(`https://${host}`), signal);
    assert.deepEqual(await of("[2606:4700::1]"), [{ address: "2606:4700::1", family: 6 }]);
    assert.deepEqual(await of("0x7f.1"), []);
    assert.deepEqual(await of("[::1]"), []);
  });
});
