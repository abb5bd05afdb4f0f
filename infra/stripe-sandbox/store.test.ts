import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, it } from "mocha";
import { readLedger } from "./ledger-file.ts";
import { Store } from "./store.ts";

describe("the sandbox's store", () => {
  it("has what was committed in the ledger file before it says that it is kept", async () => {
    const dir = await mkdtemp(path.join(tmpdir(), "stripe-sandbox-"));
    const store = new Store(dir, new Set(), {});
    store.move("captured", { id: "ch_1", amount: 5, currency: "usd" });
    store.commit();
    const seen = await new Promise<number>((resolve) => {
      store.afterKept(() => resolve(readLedger(path.join(dir, "ledger.jsonl")).movements.length));
    });
    assert.equal(seen, 1);
    await store.close();
    await rm(dir, { recursive: true });
  });
});
