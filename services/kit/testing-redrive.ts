// For tests only: consumers on real Kafka with the service of their dead letters before them.
import { afterEach, beforeEach } from "mocha";
import {
  type DeadLetter,
  DeadLetter_State,
  DeadLetterServiceDefinition,
} from "#gen/tradepost/deadletters/v1/dead_letters.ts";
import { deadLetterService } from "./dead-letter-service.ts";
import { subscription } from "./kafka.ts";
import { silent } from "./log.ts";
import { createRedrive, type Redrive } from "./redrive.ts";
import { type As, type TestService, testService, tokenFor } from "./testing.ts";
import { ConsumerRig } from "./testing-consumer.ts";
import { effect, type Handle } from "./testing-consumer-effect.ts";

/** A handler that fails at poison until it is mended. */
export class RedriveRig extends ConsumerRig {
  handle: Handle = effect;
  redrive!: Redrive;
  #service!: TestService;

  constructor() {
    super();
    beforeEach(async () => {
      this.handle = effect;
      const handle: Handle = (events, tx) => this.handle(events, tx);
      this.redrive = createRedrive({
        db: this.test.db,
        log: silent,
        subscriptions: [subscription({ topic: "orders", decode: { decode: JSON.parse }, handle })],
        onCommitted: () => {},
      });
      const deps = { service: "test", db: this.test.db, redrive: this.redrive };
      const handlers = deadLetterService({ ...deps, onCommitted: () => {} });
      this.#service = await testService("test", {
        rpcs: [[DeadLetterServiceDefinition, handlers]],
      });
    });
    afterEach(async () => {
      await this.#service.stop();
      await this.redrive.stop();
    });
  }

  /** By default as the operator. */
  letters(as: As = { service: "operator" }) {
    return this.#service.client(DeadLetterServiceDefinition, as);
  }

  async admin(userId = "user-admin") {
    return this.letters({ token: await tokenFor({ userId, roles: ["ADMIN"] }) });
  }

  /** What waits, oldest first. */
  async waiting(): Promise<DeadLetter[]> {
    const { deadLetters } = await this.letters().listDeadLetters({});
    return deadLetters.toReversed();
  }

  async trail() {
    const { rows } = await this.test.db.query(
      `select actor, act, target, reason, before ->> 'state' as before, after ->> 'state' as after
         from audit order by sequence`,
    );
    return rows;
  }
}

/** The poison is none any more. */
export const mended: Handle = (events, tx) =>
  effect(
    events.map(({ value, ...rest }) => ({ ...rest, value: { n: value.n } })),
    tx,
  );

export function stateOf({ deadLetter }: { readonly deadLetter?: DeadLetter | undefined }): string {
  const [name] =
    Object.entries(DeadLetter_State).find(([, number]) => number === deadLetter?.state) ?? [];
  return name ?? "";
}
