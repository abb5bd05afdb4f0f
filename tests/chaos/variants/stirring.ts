/** What the mesh itself goes through while some points wait: no person makes it go that way. */
import { setTimeout as sleep } from "node:timers/promises";
import { PaymentServiceDefinition } from "#gen/tradepost/payment/v1/payment.ts";
import { clientOf, within } from "#kit/client.ts";
import { tlsFiles } from "#kit/tls.ts";
import type { Mesh } from "../../../infra/dev/mesh.ts";
import { rest } from "../../e2e/rest.ts";
import { rowsOf } from "../../e2e/rows.ts";

type IsOver = () => boolean;

interface Stir {
  /** The points for which it is done. */
  readonly points: RegExp;
  /** Once; it is done again while the point is still armed. */
  stir(mesh: Mesh, isOver: IsOver): Promise<unknown>;
  /** How long it is left alone then; absent: four seconds. */
  readonly restMs?: number;
}

const STIRRED = ["order", "payment", "product"] as const;

const STIRS: readonly Stir[] = [
  { points: / stop #|relay.js run #(4|2:after)|publisher.js close/, stir: askToEnd },
  { points: /relay.js run #3/, stir: endRelays },
  { points: /relay.js serve #2/, stir: leadInstead },
  { points: /publisher.js publish #3|relay.js serve #8/, stir: takeKafkaAway },
  { points: /saga.js attempt #3/, stir: endSessions },
  { points: /relay.js run #(1|2:before)|publisher.js publish #1/, stir: kill("order") },
  // What is answered is known when the lease of who was killed has ended.
  { points: /placing.js (answerAgain|answerOf)/, stir: kill("order"), restMs: 20_000 },
  { points: /intake.js (stumble|giveUp|takeEffect #[34]|takeAll #[23])/, stir: refuseNews },
  { points: /intake.js takeBatch #2/, stir: forgetSomebody },
  { points: /refunding.js ask #1/, stir: ageRefunds },
  { points: /charging.js drive/, stir: kill("payment") },
  { points: /charging.js begin #3|recording.js undo #1/, stir: undoEarly },
];

/** Until `isOver`. Points that people come by need nothing. */
export async function stirFor(point: string, mesh: Mesh, isOver: IsOver): Promise<void> {
  const found = STIRS.find(({ points }) => points.test(point));
  // What people do comes first.
  await wait(1_500, isOver);
  while (found && !isOver()) {
    await found.stir(mesh, isOver);
    await wait(found.restMs ?? 4_000, isOver);
    // Who is stirred again before it is back never comes by anywhere.
    await Promise.all(STIRRED.map((name) => mesh.ready(name)));
  }
}

async function wait(ms: number, isOver: IsOver): Promise<void> {
  for (const until = Date.now() + ms; Date.now() < until && !isOver(); ) {
    await sleep(50);
  }
}

async function askToEnd(mesh: Mesh): Promise<void> {
  for (const name of STIRRED) {
    mesh.processes[name]?.signal("SIGTERM");
  }
}

function kill(name: "order" | "payment") {
  return async ({ processes }: Mesh) => processes[name]?.kill9();
}

const END =
  "select pg_terminate_backend(pid) from pg_stat_activity " +
  "where datname = current_database() and pid <> pg_backend_pid()";

const END_RELAY = `${END} and application_name like '%-relay'`;

/** As a failover of the database would. */
function endRelays(mesh: Mesh): Promise<unknown> {
  return Promise.all(STIRRED.map((name) => rowsOf(mesh, name, END_RELAY)));
}

function endSessions(mesh: Mesh): Promise<unknown> {
  return rowsOf(mesh, "order", END);
}

/** As another instance would: the relay comes back, and has to follow. */
function leadInstead(mesh: Mesh): Promise<unknown> {
  const lead = "select pg_advisory_lock(hashtext('outbox_relay')), pg_sleep(3)";
  return Promise.all([rowsOf(mesh, "order", lead), rowsOf(mesh, "order", END_RELAY)]);
}

async function takeKafkaAway(mesh: Mesh): Promise<void> {
  await mesh.stopKafka();
  // Longer than a relay tries with one producer.
  await sleep(6_000);
  await mesh.startKafka();
}

/** Some events have no effect, and become dead letters, with those of their keys behind them. */
async function refuseNews(mesh: Mesh, isOver: IsOver): Promise<void> {
  const refuse = "add constraint refused check (kind <> 'ORDER_SHIPPED') not valid";
  await rowsOf(mesh, "notification", `alter table notifications ${refuse}`);
  try {
    await wait(20_000, isOver);
  } finally {
    await rowsOf(mesh, "notification", "alter table notifications drop constraint refused");
  }
}

/** A tombstone, that no service writes so far. */
function forgetSomebody(mesh: Mesh): Promise<unknown> {
  return rowsOf(
    mesh,
    "user",
    `insert into outbox (event_id, topic, key, type, payload, occurred_at, traceparent)
     values (gen_random_uuid(), 'users', gen_random_uuid(), '', null, now(), '')`,
  );
}

/** As another process of the order service does that took a lease over: Stripe is still asked. */
async function undoEarly(mesh: Mesh, isOver: IsOver): Promise<void> {
  const { ca, cert, key } = mesh.certificates.order;
  const payment = clientOf(PaymentServiceDefinition, {
    address: mesh.addresses.payment,
    tls: tlsFiles({ TLS_CA: ca, TLS_CERT: cert, TLS_KEY: key }),
    service: "order",
  });
  const fault = {
    kind: "latency",
    times: 4,
    ms: 2_500,
    match: { path: "POST /v1/payment_intents" },
  };
  await rest(mesh.stripe.url).post("/_faults", fault);
  for (const until = Date.now() + 6_000; Date.now() < until && !isOver(); await sleep(200)) {
    const asked = await rowsOf<{ order_id: string }>(
      mesh,
      "payment",
      `select order_id from payments where status = 'processing' and intent_id is null
          and not closed and created_at < now() - interval '1 second'`,
    );
    await Promise.allSettled(
      asked.map(({ order_id: orderId }) =>
        payment.refund({ orderId, reason: "sweep" }, within(undefined, 5_000)),
      ),
    );
  }
  payment.close();
}

/** A day, so that their keys at Stripe count as forgotten. */
async function ageRefunds(mesh: Mesh, isOver: IsOver): Promise<void> {
  const set =
    "alter table refunds alter column created_at set default date_trunc('milliseconds', now())";
  await rowsOf(mesh, "payment", `${set} - interval '1 day'`);
  try {
    await wait(8_000, isOver);
  } finally {
    await rowsOf(mesh, "payment", set);
  }
}
