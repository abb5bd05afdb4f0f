// For tests only: what a person's mails would say.
import { until } from "#kit/testing-until.ts";
import type { StartedUsers } from "./testing.ts";

type Told = "EmailVerificationRequested" | "PasswordResetRequested" | "PasswordChanged";

/** The events of that type about a person, oldest first. */
export async function eventsOf({ db }: StartedUsers, userId: string, told: Told) {
  const { rows } = await db.query<{ event_id: string; payload: string }>(
    "select event_id, payload from outbox where key = $1 and type = $2 order by id",
    [userId, `tradepost.user.v1.${told}`],
  );
  return rows;
}

/** The token of the person's mail, as notification gets it when it sends that mail. */
export async function mailed(
  service: StartedUsers,
  userId: string,
  told: Told,
  count = 1,
): Promise<{ readonly eventId: string; readonly token: string; readonly expireTime: Date }> {
  await until(async () => (await eventsOf(service, userId, told)).length >= count);
  const eventId = (await eventsOf(service, userId, told)).at(-1)?.event_id ?? "";
  const asked = await service.credentials.issueMailToken({ eventId }, { service: "notification" });
  const { token = "", expireTime = new Date(0) } = asked;
  return { eventId, token, expireTime };
}
