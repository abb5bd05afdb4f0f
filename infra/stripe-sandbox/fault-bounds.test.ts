import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "mocha";
import type Stripe from "stripe";
import { type Harness, startHarness } from "./harness.ts";

describe("a fault rule of the sandbox", () => {
  let harness: Harness;
  let stripe: Stripe;

  before(async () => {
    harness = await startHarness();
    stripe = harness.stripe;
  });
  afterEach(() => fetch(`${harness.url()}/_faults`, { method: "DELETE" }));
  after(() => harness.stop());

  it("comes by chance, and the same chances come with the same seed", async () => {
    const draws = async (seed: number) => {
      await harness.fault({ kind: "429", probability: 0.5, seed, times: 100 });
      const fates: boolean[] = [];
      for (let at = 0; at < 40; at++) {
        fates.push(
          await stripe.balance.retrieve().then(
            () => false,
            () => true,
          ),
        );
      }
      await fetch(`${harness.url()}/_faults`, { method: "DELETE" });
      return fates;
    };
    const first = await draws(1);
    assert.ok(first.includes(true) && first.includes(false));
    assert.deepEqual(await draws(1), first);
    assert.notDeepEqual(await draws(2), first);
  });

  it("comes as often as its time allows, and then never", async () => {
    await harness.fault({ kind: "429", forMs: 400 });
    let count_ = 0;
    while (
      await stripe.balance.retrieve().then(
        () => false,
        () => true,
      )
    )
      count_++;
    assert.ok(count_ > 1);
    const rules = await (await fetch(`${harness.url()}/_faults`)).json();
    assert.deepEqual(rules, { faults: [] });
  });

  it("that makes no sense is refused", async () => {
    await assert.rejects(harness.fault({ kind: "nonsense" }), /kind must be one of/);
    await assert.rejects(harness.fault({ kind: "429", times: 0 }), /times/);
    await assert.rejects(harness.fault({ kind: "429", forMs: 0 }), /forMs/);
    await assert.rejects(harness.fault({ kind: "429", probability: 0.5 }), /needs times or forMs/);
    await assert.rejects(harness.fault({ kind: "429", probability: 2, times: 1 }), /at most 1/);
    await assert.rejects(harness.fault({ kind: "429", seed: 0.5 }), /seed/);
  });
});
