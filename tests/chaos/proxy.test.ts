import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { after, afterEach, before, describe, it } from "mocha";
import { openProxy, type TcpProxy } from "./proxy.ts";
import { replacing } from "./replacing.ts";

describe("a line that can be broken", () => {
  let server: Server;
  let proxy: TcpProxy;
  const open: Socket[] = [];

  before(async () => {
    server = createServer((socket) => {
      socket.on("error", () => {
        // Reset: that is what is tested.
      });
      socket.pipe(socket);
    });
    await once(server.listen(0, "127.0.0.1"), "listening");
    proxy = await openProxy((server.address() as AddressInfo).port);
  });

  afterEach(() => {
    for (const socket of open.splice(0)) {
      socket.destroy();
    }
    proxy.set("upstream", undefined);
    proxy.set("downstream", undefined);
  });

  after(async () => {
    await proxy.stop();
    server.close();
  });

  it("passes everything on, both ways", async () => {
    const line = await dial();
    line.socket.write("hello");
    assert.equal(await line.heard(5), "hello");
    assert.equal(proxy.isUsed, true);
  });

  it("holds everything back in a black hole, and loses nothing of it", async () => {
    const line = await dial();
    proxy.set("downstream", { kind: "black hole" });
    line.socket.write("one");
    line.socket.write("two");
    // What went through another connection meanwhile shows that there was time.
    proxy.set("upstream", undefined);
    assert.equal(line.text, "");
    proxy.set("downstream", undefined);
    assert.equal(await line.heard(6), "onetwo");
  });

  it("cuts a message after so many bytes, and resets", async () => {
    const line = await dial();
    proxy.set("downstream", { kind: "cut", bytes: 4 });
    line.socket.write("0123456789");
    const [error] = await once(line.socket, "error");
    assert.equal((error as NodeJS.ErrnoException).code, "ECONNRESET");
    assert.equal("0123".startsWith(line.text), true);
  });

  it("slices, and slows down, without changing a byte", async () => {
    const text = "x".repeat(300);
    for (const toxic of [
      { kind: "slicer", bytes: 7, ms: 1 },
      { kind: "bandwidth", bytesPerSecond: 100_000 },
      { kind: "latency", ms: 10, jitterMs: 5 },
    ] as const) {
      proxy.set("upstream", toxic);
      const line = await dial();
      line.socket.write(text);
      assert.equal(await line.heard(300), text);
    }
  });

  it("resets all connections, and takes new ones", async () => {
    const line = await dial();
    line.socket.write("a");
    await line.heard(1);
    const gone = once(line.socket, "error");
    proxy.reset();
    await gone;
    const next = await dial();
    next.socket.write("b");
    assert.equal(await next.heard(1), "b");
  });

  async function dial() {
    const socket = connect(proxy.port, "127.0.0.1");
    open.push(socket);
    await once(socket, "connect");
    let wake = () => {};
    const line = {
      socket,
      text: "",
      async heard(length: number): Promise<string> {
        while (line.text.length < length) {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
        return line.text;
      },
    };
    socket.on("data", (data) => {
      line.text += data;
      wake();
    });
    return line;
  }
});

describe("a broker's address on its way to a client", () => {
  const change = () => replacing(Buffer.from("127.0.0.1:aa"), Buffer.from("127.0.0.1:zz"));

  it("is replaced, also where it lies across two chunks", () => {
    for (let cut = 0; cut <= 20; cut++) {
      const stream = Buffer.from("<127.0.0.1:aa|127.0.>");
      const through = change();
      const parts = [stream.subarray(0, cut), stream.subarray(cut)].map((part) => through(part));
      const all = Buffer.concat([...parts, through.rest()]).toString();
      assert.equal(all, "<127.0.0.1:zz|127.0.>");
    }
  });

  it("keeps nothing back for good", () => {
    const through = change();
    assert.equal(through(Buffer.from("ends in 1")).toString(), "ends in ");
    assert.equal(through.rest().toString(), "1");
    assert.equal(through.rest().length, 0);
  });
});
