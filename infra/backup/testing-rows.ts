// For tests only: some of everything that could go wrong on the way through a file.
import { ask, type Databases } from "./testing-databases.ts";

export const ODD = String.raw`a\b ${"\t\n\r"} \N "quoted" 'too' ✓ ${"\u0001"}`;

export async function fill({ urls }: Databases): Promise<void> {
  await ask(
    urls.order,
    `insert into outbox (event_id, topic, key, type, occurred_at, traceparent, published_at)
     values (gen_random_uuid(), 'orders', 'sent', 'T', now(), '', now()),
            (gen_random_uuid(), 'orders', 'waiting', 'T', now(), '', null)`,
  );
  await ask(
    urls.order,
    `insert into inbox (consumer, event_id, seen_at)
     values ('order', gen_random_uuid(), now() - interval '29 days')`,
  );
  await ask(
    urls.order,
    `insert into dead_letters (consumer, topic, partition, "offset", key, event_id, type, payload,
                               headers, error, attempts, first_failed_at)
     values ('order', 'payments', 0, 9007199254740993, '', gen_random_uuid(), '', '', 'null', $1, 1,
             'infinity')`,
    [ODD],
  );
  const audit = `insert into audit (actor, act, target, reason, address, request_id, before, after)
                 values ('a', 'b', 'c', $1, '', '', '{}', '{"n": 1.10}')`;
  await ask(urls.order, audit, [ODD]);
  await ask(urls.order, audit, ["second"]);
  await ask(
    urls.order,
    `insert into idempotency_keys (caller, rpc, key, request_hash, answer)
     values ('u', 'r', '', '\\x00ff5c0a', null)`,
  );
  await ask(
    urls.product,
    `insert into products (id, merchant_id, sku, name, description, price_amount, currency,
                           categories, attributes, created_at, updated_at)
     values ('p', 'm', 's', 'Mug', $1, 9007199254740993, 'USD', array['a,b', '{"c"}', ''], '{}',
             now(), now())`,
    [ODD],
  );
  await ask(urls.product, "insert into stock (product_id, available) values ('p', 3)");
  await ask(
    urls.payment,
    `insert into ledger_transactions (id, kind, reference, payment_id, order_id, currency, accounts,
                                      amounts)
     values (gen_random_uuid(), 'charge', 'pi', 'p', 'o', 'USD', '{cash,shop}', '{5,-5}')`,
  );
  await ask(
    urls.notification,
    `insert into notifications (id, event_id, user_id, kind, title, body)
     values ('n', gen_random_uuid(), 'u', 'K', 't', $1)`,
    [ODD],
  );
  await ask(urls.notification, `select graphile_worker.add_job('mail', '{"id": "n"}')`);
}
