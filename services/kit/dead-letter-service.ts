/** The rpcs of DeadLetterService, in the order of the .proto: one implementation for all services. */
import type { DeadLetterServiceImplementation } from "#gen/tradepost/deadletters/v1/dead_letters.ts";
import type { CallExtras } from "./call.ts";
import { countLetters } from "./dead-letter-counts.ts";
import { type DeadLetterDeps, deciding, notFound } from "./dead-letter-decisions.ts";
import { rowOf, toMessage } from "./dead-letter-message.ts";
import { findLetter, listLetters, parkedBehind } from "./dead-letter-store.ts";
import { invalidField } from "./errors.ts";
import { pageOf, pageSizeOf, readPageToken, wholePart } from "./page-token.ts";

export function deadLetterService(
  deps: DeadLetterDeps,
): DeadLetterServiceImplementation<CallExtras> {
  const { service, db } = deps;
  const decide = deciding(deps);

  return {
    async listDeadLetters({ service: asked, topic, consumer, key, pageSize, pageToken }) {
      checkService(service, asked);
      const size = pageSizeOf(pageSize);
      const filter = ["dead-letters", service, topic, consumer, key];
      const [before] = readPageToken(pageToken, filter, [wholePart]) ?? [];
      const letters = await listLetters(db, { topic, consumer, key }, before, size + 1);
      const { rows, nextPageToken } = pageOf(letters, size, filter, ({ id }) => [String(id)]);
      const behind = await parkedBehind(
        db,
        rows.map(({ id }) => id),
      );
      const deadLetters = rows.map((row) => toMessage(service, row, behind.get(row.id) ?? 0));
      return { deadLetters, nextPageToken };
    },

    async countDeadLetters({ service: asked }) {
      checkService(service, asked);
      const counts = await countLetters(db);
      return { counts: counts.map((count) => ({ service, ...count })) };
    },

    async getDeadLetter({ id }) {
      const row = rowOf(service, id);
      const letter = row === undefined ? undefined : await findLetter(db, row);
      if (!letter) {
        throw notFound(id);
      }
      const behind = await parkedBehind(db, [letter.id]);
      return { deadLetter: toMessage(service, letter, behind.get(letter.id) ?? 0) };
    },

    redriveDeadLetter: ({ id, reason }, { call }) => decide.redrive({ id, reason, call }),

    discardDeadLetter: ({ id, reason }, { call }) => decide.discard({ id, reason, call }),
  };
}

/** Whoever sent the call here found no service of the name that was asked for. */
function checkService(service: string, asked: string): void {
  if (asked !== "" && asked !== service) {
    throw invalidField("service", "must be the name of a service", "service");
  }
}
