/** Puts what is to be told into the deliveries of those who hear it. */
import { named, type Tx } from "#kit/db.ts";
import type { Announcement } from "./webhook-events.ts";
import { addJobs } from "./webhook-jobs.ts";

/** A delivery for each endpoint that hears of it, and its job, in the event's transaction. */
export async function announce(tx: Tx, all: readonly Announcement[]): Promise<void> {
  if (all.length === 0) {
    return;
  }
  await tx.query(
    insert([
      all.map(({ eventId }) => eventId),
      all.map(({ eventType }) => eventType),
      all.map(({ audience }) => audience),
      all.map(({ payload }) => payload),
    ]),
  );
}

const insert = named(
  "webhook.announce",
  // JavaScript's dates, and so page tokens, have milliseconds.
  `with added as (
     insert into webhook_deliveries (id, endpoint_id, event_id, event_type, payload, status,
                                     next_time, create_time, update_time)
     select 'whd_' || gen_random_uuid(), e.id, told.event_id, told.event_type, told.payload,
            'PENDING', now(), date_trunc('milliseconds', now()), now()
       from unnest($1::uuid[], $2::text[], $3::text[], $4::text[])
              as told (event_id, event_type, audience, payload)
       join webhook_endpoints e on e.audience = told.audience and e.disabled_time is null
      where e.event_types = '{}' or told.event_type = any (e.event_types)
     on conflict (endpoint_id, event_id, event_type) do nothing
     returning id, endpoint_id
   )
   select ${addJobs} from added having count(*) > 0`,
);
