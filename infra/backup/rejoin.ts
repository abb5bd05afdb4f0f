// How restored databases meet a Kafka that knows nothing: every event that an outbox still has is
// sent again, in its order, and consumers begin at the beginning. What they had taken into effect
// their inboxes know; what they had not, they hear now.
import type pg from "pg";

/** Of one database, in the caller's transaction; answers how many events will be sent. */
export async function rejoin(client: pg.Client): Promise<number> {
  // Inboxes forget after 30 days, counted from now: what is sent again may be older than that.
  await client.query("update inbox set seen_at = now()");
  const { rows } = await client.query<{ events: string }>(
    `with again as (update outbox set published_at = null where published_at is not null)
     select count(*) as events from outbox`,
  );
  return Number(rows[0]?.events);
}
