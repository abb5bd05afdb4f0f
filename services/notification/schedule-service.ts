/** The rpcs of ScheduleService, in the order of the .proto. */
import {
  type ScheduledNotification,
  ScheduleNotificationResponse,
  type ScheduleServiceImplementation,
} from "#gen/tradepost/notification/v1/schedule.ts";
import { type CallExtras, type Caller, hasRole } from "#kit/call.ts";
import type { Db } from "#kit/db.ts";
import { Fault } from "#kit/errors.ts";
import { once } from "#kit/idempotency.ts";
import { pageOf, pageSizeOf, readPageToken, textPart, timePart } from "#kit/page-token.ts";
import { uuidv7 } from "#kit/uuid.ts";
import { firstTime } from "./schedule.ts";
import { addSchedule, deleteSchedule, listSchedules, type Schedule } from "./schedule-store.ts";

export function scheduleService(db: Db): ScheduleServiceImplementation<CallExtras> {
  return {
    scheduleNotification({ title, body, when, timeZone, userId }, { call }) {
      return once(db, call, ScheduleNotificationResponse, async (tx) => {
        const zone = timeZone === "" ? "UTC" : timeZone;
        const cron = when?.$case === "cron" ? when.value : null;
        const now = new Date();
        const nextTime =
          when?.$case === "sendTime"
            ? firstTime({ sendTime: when.value }, now)
            : firstTime({ cron: cron ?? "", timeZone: zone }, now);
        const schedule = await addSchedule(tx, {
          id: uuidv7(),
          userId: whom(call.caller, userId),
          title,
          body,
          cron,
          timeZone: zone,
          nextTime,
        });
        return { scheduledNotification: toMessage(schedule) };
      });
    },

    async listScheduledNotifications({ pageSize, pageToken, userId }, { call: { caller } }) {
      const isAll = userId === undefined && hasRole(caller, "ADMIN");
      const whose = isAll ? undefined : whom(caller, userId);
      const filter = ["schedules", whose];
      const size = pageSizeOf(pageSize);
      const key = readPageToken(pageToken, filter, [timePart, textPart]);
      const after = key && { createTime: key[0], id: key[1] };
      const schedules = await listSchedules(db, whose, { after, limit: size + 1 });
      const { rows, nextPageToken } = pageOf(schedules, size, filter, (schedule) => [
        schedule.createTime.toISOString(),
        schedule.id,
      ]);
      return { scheduledNotifications: rows.map(toMessage), nextPageToken };
    },

    async deleteScheduledNotification({ id }, { call: { caller } }) {
      await deleteSchedule(db, hasRole(caller, "ADMIN") ? undefined : caller.userId, id);
      return {};
    },
  };
}

/** ROLE_REQUIRED for who names another without being an administrator. */
function whom(caller: Caller, userId: string | undefined): string {
  if (userId !== undefined && userId !== caller.userId && !hasRole(caller, "ADMIN")) {
    throw new Fault("ROLE_REQUIRED", "only an ADMIN may name somebody else");
  }
  return userId ?? caller.userId;
}

function toMessage(schedule: Schedule): ScheduledNotification {
  const { id, userId, title, body, cron, timeZone, nextTime, lastTime, createTime } = schedule;
  return {
    id,
    userId,
    title,
    body,
    cron: cron ?? undefined,
    timeZone,
    nextTime,
    lastTime: lastTime ?? undefined,
    createTime,
  };
}
