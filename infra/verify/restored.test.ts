import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { judge } from "./check.ts";
import type { Evidence } from "./evidence.ts";
import { goodEvidence } from "./testing-evidence.ts";

const DAY_MS = 24 * 3_600_000;

describe("the invariants of a mesh that was restored", () => {
  /** What was in Kafka before is lost, and of order o2 all had left the outboxes by then. */
  function restored(): ReturnType<typeof goodEvidence> {
    const good = goodEvidence();
    const isOld = (key: string) => key === "o2" || key === "p2";
    const timed = <T extends object>(row: T, key: string) => ({
      ...row,
      time: 30 * DAY_MS - (isOld(key) ? 8 : 6) * DAY_MS,
    });
    const log = (good.log ?? []).filter(({ key }) => !isOld(key));
    return {
      ...good,
      history: good.history.map((row) => timed(row, row.order_id)),
      payments: good.payments.map((row) => timed(row, row.id)),
      log: log.map((record) => ({ ...record, time: 30 * DAY_MS })),
      outbox: {
        ...good.outbox,
        order: good.outbox.order.filter(({ key }) => !isOld(key)),
        payment: good.outbox.payment.filter(({ key }) => !isOld(key)),
      },
    };
  }

  it("hold without the events that no outbox had any more", () => {
    assert.equal(broken(restored()), "");
  });

  it("ask for the rest of an order's events, however old it is", () => {
    const mesh = restored();
    const [last] = (goodEvidence().log ?? []).filter(({ id }) => id === "orders/o2/3");
    const withLast = [...(mesh.log ?? []), { ...last, time: 30 * DAY_MS }];
    assert.equal(broken({ ...mesh, log: withLast as never }), "");
    const history = mesh.history.map((row) =>
      row.order_id === "o2" && row.sequence === 3 ? { ...row, time: 29 * DAY_MS } : row,
    );
    assert.equal(broken({ ...mesh, history }), "I9");
  });

  it("ask for all of a younger order's events", () => {
    const mesh = restored();
    const log = (mesh.log ?? []).filter(({ id }) => id !== "orders/o1/1");
    const outbox = {
      ...mesh.outbox,
      order: mesh.outbox.order.filter(({ event_id }) => event_id !== "orders/o1/1"),
    };
    assert.equal(broken({ ...mesh, log, outbox }), "I9");
  });

  it("let a charge of a lost order be, once it was given back", () => {
    const good = goodEvidence();
    const charged = (refunded: number) => ({
      ...good,
      provider: {
        orders: {
          ...good.provider?.orders,
          lost: { intents: ["pi_9"], succeeded: ["pi_9"], captured: 900, refunded },
        },
      },
    });
    assert.equal(broken(charged(0)), "I4");
    assert.equal(broken(charged(899)), "I4");
    assert.equal(broken(charged(900)), "");
  });
});

function broken(evidence: Evidence): string {
  const verdicts = judge(evidence).filter(({ count }) => count > 0);
  return verdicts.map(({ id }) => id).join(" ");
}
