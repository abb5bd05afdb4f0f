// All orders of arrival of four events of Stripe's, each of them twice, each subset of them lost
// and sent again after the others: the end is the same.
import assert from "node:assert/strict";
import { after, before, describe, it } from "mocha";
import { Payment_Capture } from "#gen/tradepost/payment/v1/payment.ts";
import { balances, eventsOf, reasonOf } from "./checks.ts";
import { chargeOf, type StartedPayments, signed, startPayments } from "./testing.ts";

interface Told {
  readonly id: string;
  readonly type: string;
  readonly data: { readonly object: object };
}

/** What only Stripe knows, and the four events that tell of it. */
type Story = () => Promise<{ readonly orderId: string; readonly events: readonly Told[] }>;

/** Few enough that the failures of all do not open a circuit breaker. */
const AT_ONCE = 6;

describe("four events of Stripe's end the same in whichever order they come", () => {
  let mesh: StartedPayments;
  before(async () => {
    mesh = await startPayments();
    mesh.endpoint.isOn = false;
  });
  after(() => mesh.stop());

  const about = (object: { readonly id: string }, ...types: string[]): Told[] =>
    types.map((type) => ({ id: `evt_${type}_${object.id}`, type, data: { object } }));

  async function waiting(capture: Payment_Capture) {
    const wish = chargeOf({ capture, paymentMethod: "pm_card_threeDSecure2Required" });
    const { orderId } = wish;
    await mesh.order.charge(wish);
    const { rows } = await mesh.db.query<{ intent_id: string }>(
      "select intent_id from payments where order_id = $1",
      [orderId],
    );
    return { orderId, id: rows[0]?.intent_id ?? "" };
  }

  const stories: Record<string, Story> = {
    async "its person has authenticated it, and it was captured"() {
      const { orderId, id } = await waiting(Payment_Capture.ON_SHIPMENT);
      await mesh.authenticate(id, "success");
      await mesh.behind(`/v1/payment_intents/${id}/capture`, {});
      const types = ["requires_action", "amount_capturable_updated", "payment_failed", "succeeded"];
      return { orderId, events: about({ id }, ...types.map((type) => `payment_intent.${type}`)) };
    },

    async "its person has not authenticated it"() {
      const { orderId, id } = await waiting(Payment_Capture.AUTOMATIC);
      await mesh.authenticate(id, "fail");
      const types = ["requires_action", "payment_failed", "canceled", "succeeded"];
      return { orderId, events: about({ id }, ...types.map((type) => `payment_intent.${type}`)) };
    },

    async "it was paid back, a part and the rest, and the rest's answer was lost"() {
      const wish = chargeOf();
      const { orderId } = wish;
      const { payment } = await mesh.order.charge(wish);
      const amount = { currencyCode: "USD", amount: 250n };
      const part = { key: "return-1", amount, shares: [{ merchantId: "m-1", amount }] };
      await mesh.order.refund({ orderId, reason: "return", part });
      for (const [kind, path] of [
        ["500_after", "POST /v1/refunds"],
        ["500_before", "GET /v1/refunds"],
      ] as const) {
        await mesh.fault(kind, path, { match: { path, orderId } });
      }
      assert.equal(await reasonOf(mesh.order.refund({ orderId, reason: "" })), "DEPENDENCY_DOWN");
      const { rows } = await mesh.db.query<{ id: string; intent_id: string }>(
        `select refunds.id, intent_id from refunds join payments on payments.id = payment_id
          where payment_id = $1 and refunds.status = 'pending'`,
        [payment?.id],
      );
      const [row] = rows;
      const refund = { id: `re_${row?.id}`, metadata: { refund_id: row?.id } };
      return {
        orderId,
        events: [
          ...about({ id: row?.intent_id ?? "" }, "payment_intent.succeeded"),
          ...about(refund, "refund.created", "refund.updated", "charge.refund.updated"),
        ],
      };
    },
  };

  async function tell(event: Told): Promise<void> {
    const { request, as } = signed(event, "whsec_new");
    await mesh.hooks.handleStripeEvent(request, as);
  }

  /** All that is recorded of an order, without what each run has of its own. */
  async function endOf(orderId: string) {
    const payments = await mesh.db.query(
      `select status, closed, amount, refunded, shares_left, decline_code, fee, next_action,
              sequence, intent_id is not null as has_intent
         from payments where order_id = $1`,
      [orderId],
    );
    const refunds = await mesh.db.query(
      `select refund_key, refunds.amount, refunds.status, stripe_refund_id is not null as is_made
         from refunds join payments on payments.id = payment_id
        where order_id = $1 order by refund_key`,
      [orderId],
    );
    const booked = await mesh.db.query(
      "select kind from ledger_transactions where order_id = $1 order by kind",
      [orderId],
    );
    return {
      payments: payments.rows,
      refunds: refunds.rows,
      booked: booked.rows,
      balances: await balances(mesh.db, orderId),
      events: new Set((await eventsOf(mesh.db, orderId)).map((event) => event.join())),
    };
  }

  for (const [at, [name, story]] of Object.entries(stories).entries()) {
    it(name, async () => {
      const { orderId } = await story();
      await mesh.recover();
      const expected = await endOf(orderId);
      assert.ok(expected.events.size > 0, "something is recorded");

      await inParallel(arrivals(4, at === 0), async ({ order, lost }) => {
        const run = await story();
        const [again, heard] = [lost, order.filter((at) => !lost.includes(at))];
        for (const at of [...heard, ...order.filter((one) => again.includes(one))]) {
          const event = run.events[at] as Told;
          await Promise.all([tell(event), tell(event)]);
        }
        assert.deepEqual(await endOf(run.orderId), expected, `${order} lost first: ${lost}`);
      });
    }).timeout(600_000);
  }
});

interface Arrival {
  readonly order: readonly number[];
  /** Come after all others, in the same order. */
  readonly lost: readonly number[];
}

/** All orders of `count` things, each with all subsets of them, or with none, each one and all. */
function arrivals(count: number, isFull: boolean): Arrival[] {
  const subsets = Array.from({ length: 2 ** count }, (_, bits) =>
    Array.from({ length: count }, (__, at) => at).filter((at) => bits & (1 << at)),
  ).filter(({ length }) => isFull || length <= 1 || length === count);
  const all = Array.from({ length: count }, (_, at) => at);
  return permutations(all).flatMap((order) => subsets.map((lost) => ({ order, lost })));
}

function permutations(of: readonly number[]): number[][] {
  return of.length === 0
    ? [[]]
    : of.flatMap((first) =>
        permutations(of.filter((other) => other !== first)).map((rest) => [first, ...rest]),
      );
}

async function inParallel<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const queue = [...items];
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (let item = queue.shift(); item !== undefined; item = queue.shift()) {
        await work(item);
      }
    }),
  );
}
